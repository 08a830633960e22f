package dev.dragoman.tokenizer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Reads the word lists of a language, one entry a line, {@code #} before a remark, from the resources beside this class. */
final class WordList {
    private WordList() {}

    /** The entries of {@code KIND_LANGUAGE.txt}, where the language is an ISO 639 code; none if there is no such list. */
    static List<String> read(String kind, String language) {
        try (InputStream list = WordList.class.getResourceAsStream(kind + "_" + language + ".txt")) {
            return list == null ? List.of() : entries(list);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> entries(InputStream list) {
        return new BufferedReader(new InputStreamReader(list, StandardCharsets.UTF_8))
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && line.charAt(0) != '#')
                .toList();
    }
}
