package dev.dragoman.training.evaluation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The settings that a score depends on, in sacreBLEU's notation and order: {@code nrefs:1|case:mixed|...|version:...}. Every field
 * equals sacreBLEU's but the version, which tells who computed and whose numbers they equal.
 *
 * @param fields by name, in order, the version left out
 * @param version who computed, and what it equals
 */
public record Signature(Map<String, String> fields, String version) {
    private static final String SACREBLEU = "dragoman(=sacrebleu-2.6.0)";

    private static final String REFERENCES = "nrefs";

    public Signature {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /** The settings of a metric of sacreBLEU's, given as name, value, name, value, ... */
    static Signature of(int references, String... settings) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put(REFERENCES, Integer.toString(references));
        for (int i = 0; i < settings.length; i += 2) {
            fields.put(settings[i], settings[i + 1]);
        }
        return new Signature(fields, SACREBLEU);
    }

    /** The same settings of a metric that equals another program's. */
    Signature equalTo(String program) {
        return new Signature(fields, "dragoman(=" + program + ")");
    }

    static String yesOrNo(boolean value) {
        return value ? "yes" : "no";
    }

    static String letterCase(boolean lowerCase) {
        return lowerCase ? "lc" : "mixed";
    }

    /** With the settings of a bootstrap, behind the number of references. */
    public Signature with(Bootstrap bootstrap) {
        Map<String, String> all = new LinkedHashMap<>();
        fields.forEach((name, value) -> {
            all.put(name, value);
            if (name.equals(REFERENCES)) {
                all.put("bs", Integer.toString(bootstrap.samples()));
                all.put("seed", Long.toString(bootstrap.seed()));
            }
        });
        return new Signature(all, version);
    }

    @Override
    public String toString() {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + ":" + field.getValue())
                .collect(Collectors.joining("|", "", "|version:" + version));
    }
}
