package dev.dragoman.app.sentences;

import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.TranslationOptions;
import java.text.Normalizer;
import java.util.regex.Pattern;

/**
 * All that a translation depends on.
 *
 * @param modelVersion digest of the model's files, so that an exchanged model never answers with its predecessor's words
 * @param sentence what is translated, normalised by {@link #of}
 */
record SentenceKey(String modelVersion, LanguagePair pair, TranslationOptions options, String sentence) {
    /** Unicode's composed form changes nothing below the first combining character. */
    private static final char FIRST_COMBINING = '\u0300';

    private static final Pattern BLANKS = Pattern.compile("[ \\t]+");
    private static final Pattern OUTER_BLANKS = Pattern.compile("^ | \\z");

    /**
     * The key of a sentence as somebody wrote it: in Unicode's composed form, with one space for every run of spaces and tabs and none around
     * it. Tokenizers make no difference between those, so neither should a cache. Line breaks and no-break spaces stay, since they are not
     * written by chance.
     */
    static SentenceKey of(String modelVersion, LanguagePair pair, TranslationOptions options, String written) {
        String sentence = isNormal(written) ? written : normalised(written);
        return new SentenceKey(modelVersion, pair, options, sentence);
    }

    /** Whether it shows at one look that there is nothing to do, as of most sentences in Western languages. */
    private static boolean isNormal(String written) {
        char before = ' ';
        for (int i = 0; i < written.length(); i++) {
            char c = written.charAt(i);
            if (c >= FIRST_COMBINING || c == '\t' || (c == ' ' && before == ' ')) {
                return false;
            }
            before = c;
        }
        return before != ' ';
    }

    private static String normalised(String written) {
        String composed = Normalizer.normalize(written, Normalizer.Form.NFC);
        return OUTER_BLANKS.matcher(BLANKS.matcher(composed).replaceAll(" ")).replaceAll("");
    }
}
