package dev.dragoman.inference.phrase;

import static dev.dragoman.inference.search.TargetConstraint.REFUSED;
import static dev.dragoman.inference.search.TargetConstraint.START;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dragoman.tokenizer.PieceType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The automaton over pieces says what one sees in the text, whatever pieces spell it. */
class PhraseConstraintLawsTest {
    private static final String[] PIECES = {
        "<s>",
        "\u2581",
        "a",
        "b",
        "-",
        "\u2581a",
        "\u2581b",
        "ab",
        "\u2581ab",
        "a-b",
        "\u2581a\u2581b",
        "<0xC3>",
        "<0xA9>",
        "\u4e2d",
        "\u2581\u4e2d"
    };
    private static final PieceTexts TEXTS = new PieceTexts(
            List.of(PIECES),
            Arrays.stream(PIECES)
                    .map(piece -> piece.equals("<s>")
                            ? PieceType.CONTROL
                            : piece.startsWith("<0x") ? PieceType.BYTE : PieceType.NORMAL)
                    .toList());
    private static final int FIRST_BYTE = 11;
    private static final int SECOND_BYTE = 12;

    @Property(tries = 2000)
    void banned_isRefusedByThePieceThatCompletesIt(
            @ForAll("phrases") List<String> banned, @ForAll("targets") List<Integer> target) {
        PhraseConstraint constraint = constraint(banned, List.of());
        int state = START;
        for (int i = 0; i < target.size(); i++) {
            int next = constraint.next(state, target.get(i));
            String text = text(target.subList(0, i + 1));
            assertThat(next == REFUSED)
                    .as(text)
                    .isEqualTo(banned.stream().anyMatch(phrase -> occurrences(text, phrase) > 0));
            if (next == REFUSED) {
                return;
            }
            state = next;
            int reached = state;
            assertThat(constraint.refusals(state)).isEqualTo((int) IntStream.range(0, PIECES.length)
                    .filter(id -> constraint.next(reached, id) == REFUSED)
                    .count());
        }
    }

    @Property(tries = 2000)
    void missing_isWhatTheTextLacks(@ForAll("phrases") List<String> required, @ForAll("targets") List<Integer> target) {
        PhraseConstraint constraint = constraint(List.of(), required);
        int state = START;
        for (int i = 0; i < target.size(); i++) {
            state = constraint.next(state, target.get(i));
            String text = text(target.subList(0, i + 1));
            int missing = required.stream()
                    .distinct()
                    .mapToInt(
                            phrase -> Math.max(0, Collections.frequency(required, phrase) - occurrences(text, phrase)))
                    .sum();
            assertThat(constraint.missing(state)).as(text).isEqualTo(missing);
            assertThat(constraint.met(state)).isBetween(0, constraint.required());
            assertThat(constraint.met(state) == constraint.required()).isEqualTo(missing == 0);
        }
    }

    /** From wherever it begins, what is wanted leads to the end. */
    @Property(tries = 1000)
    void wanted_leadsToAllThatIsRequired(
            @ForAll("phrases") List<String> required, @ForAll("targets") List<Integer> target) {
        PhraseConstraint constraint = constraint(List.of(), required);
        int state = START;
        for (int id : target) {
            state = constraint.next(state, id);
        }
        int steps = 0;
        while (constraint.missing(state) > 0) {
            int from = state;
            state = Arrays.stream(constraint.wanted(state))
                    .map(id -> constraint.next(from, id))
                    .filter(next -> next != from)
                    .boxed()
                    .max((one, other) -> Integer.compare(constraint.met(one), constraint.met(other)))
                    .orElseThrow();
            steps++;
            assertThat(steps).isLessThan(100);
        }
        assertThat(constraint.wanted(state)).isEmpty();
    }

    /** What is within a required phrase may be the beginning of another word than the banned one. */
    @Property(tries = 1000)
    void bannedAndRequired_bothHold(
            @ForAll("phrases") List<String> banned,
            @ForAll("phrases") List<String> required,
            @ForAll("targets") List<Integer> target) {
        List<String> compatible = banned.stream()
                .filter(ban -> required.stream().allMatch(phrase -> occurrences(phrase, ban) == 0))
                .toList();
        PhraseConstraint constraint = constraint(compatible, required);
        int state = START;
        List<Integer> read = new ArrayList<>();
        for (int id : target) {
            int next = constraint.next(state, id);
            if (next != REFUSED) {
                state = next;
                read.add(id);
            }
        }
        String text = text(read);
        if (constraint.missing(state) == 0) {
            assertThat(compatible)
                    .allSatisfy(phrase -> assertThat(occurrences(text, phrase)).isZero());
        }
    }

    private static PhraseConstraint constraint(List<String> banned, List<String> required) {
        List<int[]> bans =
                banned.stream().map(phrase -> phrase.codePoints().toArray()).toList();
        List<RequiredPhrase> phrases = required.stream()
                .distinct()
                .map(phrase -> {
                    int[] text = phrase.codePoints().toArray();
                    return RequiredPhrase.of(text, spelt(text), Collections.frequency(required, phrase), TEXTS);
                })
                .toList();
        return new PhraseConstraint(
                TEXTS,
                new int[0],
                new PhraseAutomaton(
                        bans, phrases.stream().map(RequiredPhrase::text).toList()),
                phrases,
                bans.isEmpty() ? new int[0] : ConstraintCompiler.completing(bans, TEXTS));
    }

    /** In the longest pieces, with a space in front, as SentencePiece does. */
    private static int[] spelt(int[] phrase) {
        int[] text = new int[phrase.length + 1];
        text[0] = ' ';
        System.arraycopy(phrase, 0, text, 1, phrase.length);
        List<Integer> ids = new ArrayList<>();
        for (int offset = 0; offset < text.length; ) {
            int id = TEXTS.longestAt(text, offset);
            ids.add(id);
            if (id == FIRST_BYTE) {
                ids.add(SECOND_BYTE);
            }
            offset += id == FIRST_BYTE ? 1 : TEXTS.text(id).length;
        }
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    private static String text(List<Integer> ids) {
        StringBuilder text = new StringBuilder();
        boolean isOpen = false;
        for (int id : ids) {
            if (id == 0) {
                continue;
            }
            if (isOpen && id != SECOND_BYTE) {
                text.append('\uFFFD');
            }
            if (id == SECOND_BYTE) {
                text.append(isOpen ? '\u00e9' : '\uFFFD');
            } else if (id != FIRST_BYTE) {
                text.append(PIECES[id].replace('\u2581', ' '));
            }
            isOpen = id == FIRST_BYTE;
        }
        return text.toString().replaceAll(" +", " ").stripLeading();
    }

    /** Occurrences as whole words, overlapping ones too. */
    private static int occurrences(String text, String phrase) {
        int count = 0;
        for (int at = text.indexOf(phrase); at >= 0; at = text.indexOf(phrase, at + 1)) {
            int end = at + phrase.length();
            boolean isGlued = (at > 0 && isWord(text.charAt(at - 1)) && isWord(phrase.charAt(0)))
                    || (end < text.length() && isWord(text.charAt(end)) && isWord(text.charAt(end - 1)));
            count += isGlued ? 0 : 1;
        }
        return count;
    }

    private static boolean isWord(char c) {
        return Character.isLetter(c) && c != '\u4e2d';
    }

    @Provide
    Arbitrary<List<String>> phrases() {
        return Arbitraries.of(
                        "a",
                        "b",
                        "ab",
                        "aab",
                        "a b",
                        "b a",
                        "a-b",
                        "-a",
                        "b-",
                        "a b a",
                        "ab ab",
                        "\u00e9",
                        "a\u00e9",
                        "\u4e2d",
                        "\u4e2da",
                        "a \u4e2d",
                        "aba",
                        "-")
                .list()
                .ofMinSize(1)
                .ofMaxSize(4);
    }

    @Provide
    Arbitrary<List<Integer>> targets() {
        return Arbitraries.integers().between(0, PIECES.length - 1).list().ofMaxSize(12);
    }
}
