package dev.dragoman.training.evaluation;

import java.util.List;

/**
 * The words of {@code mteval-v13a.pl}, the default of BLEU: {@link AsciiPunctuation} stands alone. It knows ASCII only, so guillemets
 * stay at their words and Chinese is one word.
 */
final class Tokenizer13a implements WordTokenizer {
    @Override
    public String name() {
        return "13a";
    }

    @Override
    public List<String> tokenize(String segment) {
        String line = segment.replace("<skipped>", "").replace("-\n", "").replace("\n", " ");
        line = " " + AsciiPunctuation.unescape(line) + " ";
        return Whitespace.split(AsciiPunctuation.separatePeriods(AsciiPunctuation.separateSymbols(line)));
    }
}
