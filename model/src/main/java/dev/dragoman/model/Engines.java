package dev.dragoman.model;

/** Settings that must stand before anything of DJL loads. */
public final class Engines {
    private Engines() {}

    /** Switches off DJL's usage reports and its downloads of native libraries, unless the user set them. Idempotent. */
    public static void prepare() {
        setIfAbsent("OPT_OUT_TRACKING", "true");
        setIfAbsent("ai.djl.offline", "true");
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
