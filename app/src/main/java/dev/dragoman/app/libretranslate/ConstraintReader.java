package dev.dragoman.app.libretranslate;

import dev.dragoman.app.errors.ServiceException.InvalidRequest;
import dev.dragoman.app.errors.ServiceException.LimitExceeded;
import dev.dragoman.inference.TranslationConstraints;
import dev.dragoman.inference.faithful.SentenceConstraints;
import dev.dragoman.inference.phrase.Glossary;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns {@code glossary}, {@code banned} and {@code target_prefix} into constraints, or says what is wrong with them. */
final class ConstraintReader {
    /** Each is looked for at every word of every sentence. */
    static final int MAXIMUM_TERMS = 500;

    private ConstraintReader() {}

    static SentenceConstraints read(TranslationRequest request) {
        Glossary glossary = glossary(request.glossary());
        requireAtMost("banned", "phrases", request.banned().size(), TranslationConstraints.MAXIMUM_BANNED);
        for (int i = 0; i < request.banned().size(); i++) {
            requirePhrase("banned[" + i + "]", request.banned().get(i));
        }
        return new SentenceConstraints(prefix(request), request.banned(), glossary);
    }

    private static Glossary glossary(List<Map<String, String>> terms) {
        requireAtMost("glossary", "terms", terms.size(), MAXIMUM_TERMS);
        List<Glossary.Term> read = new ArrayList<>(terms.size());
        for (int i = 0; i < terms.size(); i++) {
            String source = terms.get(i).getOrDefault("source", "");
            String target = terms.get(i).getOrDefault("target", "");
            requirePhrase("glossary[" + i + "].source", source);
            requirePhrase("glossary[" + i + "].target", target);
            read.add(new Glossary.Term(source, target));
        }
        return new Glossary(read);
    }

    private static String prefix(TranslationRequest request) {
        @Nullable String prefix = request.targetPrefix();
        if (prefix == null) {
            return "";
        }
        if (request.texts().size() > 1) {
            throw new InvalidRequest("Invalid request: target_prefix parameter needs a single text in q, but there are "
                    + request.texts().size());
        }
        requireAtMost(
                "target_prefix",
                "characters",
                prefix.codePointCount(0, prefix.length()),
                TranslationConstraints.MAXIMUM_PREFIX_CHARACTERS);
        return prefix;
    }

    private static void requirePhrase(String field, String phrase) {
        if (phrase.isBlank()) {
            throw new InvalidRequest("Invalid request: " + field + " must not be blank");
        }
        requireAtMost(
                field,
                "characters",
                phrase.codePointCount(0, phrase.length()),
                TranslationConstraints.MAXIMUM_CHARACTERS);
    }

    private static void requireAtMost(String field, String unit, int value, int limit) {
        if (value > limit) {
            throw new LimitExceeded(field, unit, limit, value);
        }
    }
}
