package dev.dragoman.app.http;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What a key may be used for. */
public enum Scope {
    /** Translating and detecting languages. */
    TRANSLATE,
    /** Jobs: work that is answered later. */
    JOBS,
    /** Administration, on the management port. */
    ADMIN;

    /** The name in commands and JSON. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads names separated by commas.
     *
     * @throws IllegalArgumentException if one is unknown, or there is none
     */
    public static Set<Scope> parse(String names) {
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        for (String name : names.split(",", -1)) {
            scopes.add(Arrays.stream(values())
                    .filter(scope -> scope.label().equals(name.strip()))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "scopes must be of translate, jobs and admin, separated by commas")));
        }
        return scopes;
    }

    /** The inverse of {@link #parse}, in the order of this enum. */
    public static String format(Set<Scope> scopes) {
        return new TreeSet<>(scopes).stream().map(Scope::label).collect(Collectors.joining(","));
    }
}
