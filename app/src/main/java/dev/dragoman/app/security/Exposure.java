package dev.dragoman.app.security;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the server may listen: without keys on this machine only, unless the operator says that something else keeps strangers away. */
public final class Exposure {
    private static final Logger log = LoggerFactory.getLogger(Exposure.class);

    private final boolean isRestricted;

    Exposure(Keys keys, boolean open) {
        isRestricted = !keys.areRequired() && !open;
    }

    /**
     * The address to listen on in place of a configured one.
     *
     * @param configured null for all interfaces
     */
    public @Nullable InetAddress of(@Nullable InetAddress configured) {
        boolean isLocal = configured != null && configured.isLoopbackAddress();
        return isRestricted && !isLocal ? InetAddress.getLoopbackAddress() : configured;
    }

    /** {@link #of}, with a line in the log if it differs. */
    @Nullable
    InetAddress announced(String property, @Nullable InetAddress configured) {
        InetAddress address = of(configured);
        if (address != null && !address.equals(configured)) {
            log.warn(
                    "There are no keys, so the server listens on this machine only, whatever {} says. Create a key with"
                            + " './dragoman keys create', or set dragoman.security.open=true where strangers are kept away otherwise.",
                    property);
        }
        return address;
    }
}
