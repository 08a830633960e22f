package dev.dragoman.app.http;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a key may be used for. */
public enum Scope {
    /** Translating and detecting languages. */
    TRANSLATE,
    /** Jobs: work that is answered later. */
    JOBS,
    /** Administration, on the management port. */
    ADMIN;

    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_-]{1,20}");

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
                            "scopes must be of translate, jobs and admin, separated by commas, but one is "
                                    + shown(name.strip()))));
        }
        return scopes;
    }

    /** What is no word may be a whole text, or a key. */
    private static String shown(String name) {
        if (name.isEmpty()) {
            return "empty";
        }
        return WORD.matcher(name).matches() ? name : "of " + name.length() + " characters";
    }

    /** The inverse of {@link #parse}, in the order of this enum. */
    public static String format(Set<Scope> scopes) {
        return new TreeSet<>(scopes).stream().map(Scope::label).collect(Collectors.joining(","));
    }
}
