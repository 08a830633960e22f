package dev.dragoman.training.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The words of {@code tokenizer.perl} of Moses, on which the papers of its time computed BLEU. Unlike the script it does not escape
 * characters of XML, which no score can tell.
 *
 * <p>A period stays at a word if that is an abbreviation, which Moses looks up in a file for each language. Without such a list the
 * words differ from Moses's at abbreviations before a capital or a digit in the middle of a sentence: {@code Dr. Meier} has three.
 */
public final class MosesTokenizer implements WordTokenizer {
    private static final Pattern SPACES = Pattern.compile(
            "[\\t-\\r \\x{85}\\x{A0}\\x{1680}\\x{2000}-\\x{200A}" + "\\x{2028}\\x{2029}\\x{202F}\\x{205F}\\x{3000}]+");
    private static final Pattern CONTROLS = Pattern.compile("[\\x00-\\x1F]");
    private static final Pattern SYMBOL = Pattern.compile("([^\\p{IsAlphabetic}\\p{Nd} .'`,\\-])");
    private static final Pattern DOTS = Pattern.compile("\\.{2,}(?=(.?))", Pattern.DOTALL);
    /** Stands for a period of several in a row, which belong together; no character of any text. */
    private static final String DOT = "\uFFFF";

    private static final Pattern COMMA_AFTER_OTHER = Pattern.compile("([^\\p{N}]),");
    private static final Pattern COMMA_BEFORE_OTHER = Pattern.compile(",([^\\p{N}])");
    private static final Pattern COMMA_AT_END = Pattern.compile("(\\p{N}),$");
    private static final Pattern QUOTE_AT_END = Pattern.compile("\\.' ?$");
    private static final Pattern LETTER = Pattern.compile("\\p{IsAlphabetic}");

    private final Apostrophe apostrophe;
    private final Abbreviations abbreviations;

    private MosesTokenizer(Apostrophe apostrophe, Abbreviations abbreviations) {
        this.apostrophe = apostrophe;
        this.abbreviations = abbreviations;
    }

    /**
     * The tokeniser of a language: {@code moses-en}, {@code moses-fr} or {@code moses-de}; the last does for most others.
     *
     * @throws IllegalArgumentException if there is none; the message lists those that are
     */
    public static MosesTokenizer named(String name, Abbreviations abbreviations) {
        Map<String, MosesTokenizer> tokenizers = new TreeMap<>();
        for (Apostrophe apostrophe : Apostrophe.values()) {
            MosesTokenizer tokenizer = new MosesTokenizer(apostrophe, abbreviations);
            tokenizers.put("moses-" + apostrophe.language, tokenizer);
        }
        MosesTokenizer found = tokenizers.get(name);
        if (found == null) {
            throw new IllegalArgumentException(
                    "there is no tokeniser '" + name + "'; there are " + String.join(", ", tokenizers.keySet()));
        }
        return found;
    }

    @Override
    public String name() {
        return "moses-" + apostrophe.language + abbreviations.suffix();
    }

    @Override
    public List<String> tokenize(String segment) {
        String text = SPACES.matcher(" " + segment + " ").replaceAll(" ");
        text = CONTROLS.matcher(text).replaceAll("").replaceAll(" +", " ");
        text = text.replaceFirst("^ ", "").replaceFirst(" $", "");
        text = SYMBOL.matcher(text).replaceAll(" $1 ");
        text = DOTS.matcher(text)
                .replaceAll(dots ->
                        " " + DOT.repeat(dots.group().length()) + (dots.group(1).isEmpty() ? "" : " "));
        text = COMMA_AFTER_OTHER.matcher(text).replaceAll("$1 , ");
        text = COMMA_BEFORE_OTHER.matcher(text).replaceAll(" , $1");
        text = COMMA_AT_END.matcher(text).replaceAll("$1 ,");
        text = separatePeriods(apostrophe.separate(text));
        text = QUOTE_AT_END.matcher(text).replaceFirst(" . ' ");
        return words(text.replace(DOT, "."));
    }

    /** Cuts the period off words that it ends but does not belong to; two spaces are a word between them, as they are to Moses. */
    private String separatePeriods(String text) {
        List<String> words = List.of(text.split(" "));
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            boolean ends = word.length() > 1 && word.endsWith(".");
            String before = ends ? word.substring(0, word.length() - 1) : word;
            boolean cut = ends && (i == words.size() - 1 || !keepsPeriod(before, words.get(i + 1)));
            line.append(cut ? before + " ." : word).append(' ');
        }
        return line.toString().replaceAll(" +", " ").strip();
    }

    private boolean keepsPeriod(String word, String next) {
        boolean lowerCase = !next.isEmpty() && Character.isLowerCase(next.codePointAt(0));
        boolean digit = !next.isEmpty() && next.charAt(0) >= '0' && next.charAt(0) <= '9';
        return lowerCase
                || (word.contains(".") && LETTER.matcher(word).find())
                || abbreviations.always().contains(word)
                || (digit && abbreviations.beforeNumbers().contains(word));
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (String word : text.split(" ")) {
            if (!word.isEmpty()) {
                words.add(word);
            }
        }
        return words;
    }

    /** Where the words end at an apostrophe between letters. */
    private enum Apostrophe {
        /** Before it: {@code it 's}. */
        ENGLISH("en"),
        /** Behind it: {@code l' eau}. */
        FRENCH("fr"),
        /** On both sides. */
        GERMAN("de");

        private static final String LETTER = "\\p{IsAlphabetic}";
        private static final Pattern OTHERS = Pattern.compile("([^" + LETTER + "])'([^" + LETTER + "])");
        private static final Pattern OTHER_THEN_LETTER = Pattern.compile("([^" + LETTER + "])'([" + LETTER + "])");
        private static final Pattern OTHER_THAN_NUMBER_THEN_LETTER =
                Pattern.compile("([^" + LETTER + "\\p{N}])'([" + LETTER + "])");
        private static final Pattern LETTER_THEN_OTHER = Pattern.compile("([" + LETTER + "])'([^" + LETTER + "])");
        private static final Pattern LETTERS = Pattern.compile("([" + LETTER + "])'([" + LETTER + "])");
        private static final Pattern NUMBER_THEN_S = Pattern.compile("(\\p{N})'(s)");

        private final String language;

        Apostrophe(String language) {
            this.language = language;
        }

        String separate(String text) {
            if (this == GERMAN) {
                return text.replace("'", " ' ");
            }
            Pattern beforeLetter = this == ENGLISH ? OTHER_THAN_NUMBER_THEN_LETTER : OTHER_THEN_LETTER;
            String line = OTHERS.matcher(text).replaceAll("$1 ' $2");
            line = beforeLetter.matcher(line).replaceAll("$1 ' $2");
            line = LETTER_THEN_OTHER.matcher(line).replaceAll("$1 ' $2");
            line = LETTERS.matcher(line).replaceAll(this == ENGLISH ? "$1 '$2" : "$1' $2");
            return this == ENGLISH ? NUMBER_THEN_S.matcher(line).replaceAll("$1 '$2") : line;
        }
    }
}
