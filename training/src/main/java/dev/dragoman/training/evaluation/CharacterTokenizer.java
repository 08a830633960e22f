package dev.dragoman.training.evaluation;

import java.util.List;

/** Every code point that is no white space is a word. */
final class CharacterTokenizer implements WordTokenizer {
    @Override
    public String name() {
        return "char";
    }

    @Override
    public List<String> tokenize(String segment) {
        return segment.codePoints()
                .filter(c -> !Whitespace.isWhitespace(c))
                .mapToObj(Character::toString)
                .toList();
    }
}
