package dev.dragoman.app.models;

import dev.dragoman.inference.LanguagePair;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The open models by the pairs they serve, and the pairs that two of them serve together by way of English. A pair that a model serves
 * itself never takes that way. Immutable.
 */
public final class ServedModels {
    /** Code of the language in the middle of a pivot. */
    private static final String BRIDGE = "en";

    private final List<ServedModel> models;
    private final boolean pivot;
    private final Map<LanguagePair, ServedModel> byPair = new LinkedHashMap<>();
    private final Map<LanguagePair, ServedDirection> directions = new LinkedHashMap<>();
    private final SortedMap<String, Language> languages;

    /**
     * @param pivot whether pairs that no model serves are served by way of English where two models do that
     * @throws ModelStartupException if two models serve the same pair
     */
    ServedModels(List<ServedModel> models, boolean pivot) {
        this.models = List.copyOf(models);
        this.pivot = pivot;
        for (ServedModel model : models) {
            for (LanguagePair pair : model.translator().languagePairs()) {
                ServedModel other = byPair.put(pair, model);
                if (other != null) {
                    throw new ModelStartupException(
                            "The models " + other.name() + " and " + model.name() + " both serve " + pair,
                            "Remove one of them from dragoman.models.",
                            null);
                }
            }
        }
        directions.putAll(byPair);
        if (pivot) {
            addPivots();
        }
        languages = languagesOf(directions.keySet());
    }

    private void addPivots() {
        byPair.forEach((toBridge, first) -> byPair.forEach((fromBridge, second) -> {
            if (toBridge.target().equals(BRIDGE)
                    && fromBridge.source().equals(BRIDGE)
                    && !toBridge.source().equals(fromBridge.target())) {
                directions.computeIfAbsent(
                        new LanguagePair(toBridge.source(), fromBridge.target()),
                        pair -> PivotDirection.of(first, second, BRIDGE));
            }
        }));
    }

    /** Other models under the same rules. */
    ServedModels with(List<ServedModel> others) {
        return new ServedModels(others, pivot);
    }

    /** By code in lower case, since callers may write codes in any case. */
    private static SortedMap<String, Language> languagesOf(Set<LanguagePair> pairs) {
        SortedMap<String, SortedSet<String>> targets = new TreeMap<>();
        for (LanguagePair pair : pairs) {
            targets.computeIfAbsent(pair.source(), code -> new TreeSet<>(Set.of(code)))
                    .add(pair.target());
            targets.computeIfAbsent(pair.target(), code -> new TreeSet<>(Set.of(code)));
        }
        SortedMap<String, Language> languages = new TreeMap<>();
        targets.forEach((code, reachable) -> languages.put(
                code.toLowerCase(Locale.ROOT), new Language(code, Language.nameOf(code), List.copyOf(reachable))));
        return languages;
    }

    public List<ServedModel> all() {
        return models;
    }

    /** What serves a pair, or null. */
    public @Nullable ServedDirection serving(LanguagePair pair) {
        return directions.get(pair);
    }

    /** Every language that is a source or a target of some pair, by code. */
    public List<Language> languages() {
        return List.copyOf(languages.values());
    }

    /** The language with a code, in any case. */
    public Optional<Language> language(String code) {
        return Optional.ofNullable(languages.get(code.toLowerCase(Locale.ROOT)));
    }

    /** For the log: each model with its pairs. */
    @Override
    public String toString() {
        return models.stream()
                .map(model -> model.name()
                        + model.translator().languagePairs().stream()
                                .map(LanguagePair::toString)
                                .sorted()
                                .collect(Collectors.joining(", ", " (", ")")))
                .collect(Collectors.joining(", "));
    }

    void close() {
        models.forEach(ServedModel::close);
    }
}
