package dev.dragoman.inference.phrase;

import static dev.dragoman.inference.search.TargetConstraint.REFUSED;
import static dev.dragoman.inference.search.TargetConstraint.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dragoman.inference.TranslationConstraints;
import dev.dragoman.inference.search.TargetConstraint;
import dev.dragoman.tokenizer.SentencePieceTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** With the pieces of the shipped model. */
class ConstraintCompilerTest {
    private static SentencePieceTokenizer tokenizer;

    @BeforeAll
    static void open() throws IOException {
        tokenizer = SentencePieceTokenizer.open(Path.of("../pretrained/pieces.model"));
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    @Test
    void compile_nothing_isNoConstraint() {
        ConstraintCompiler compiler = new ConstraintCompiler(tokenizer);
        assertThat(compiler.compile(TranslationConstraints.NONE)).isNull();
        assertThat(compiler.compile(new TranslationConstraints(" ", List.of("\u200b"), List.of())))
                .isNull();
    }

    @Test
    void banned_isRefusedInTheTokenizersPiecesAndLetterByLetter() {
        TargetConstraint constraint = compile("", List.of("Haus"), List.of());
        assertThat(end(constraint, tokenizer.encode("Das Haus"))).isEqualTo(REFUSED);
        assertThat(end(constraint, pieces("\u2581", "H", "a", "u", "s"))).isEqualTo(REFUSED);
        assertThat(end(constraint, pieces("\u2581", "d", "a", "s", "H", "a", "u", "s")))
                .isEqualTo(REFUSED);
        assertThat(end(constraint, tokenizer.encode("Das haus"))).isNotEqualTo(REFUSED);
        assertThat(end(constraint, pieces("\u2581", "H", "a", "u", "s", "e"))).isEqualTo(REFUSED);
        assertThat(end(constraint, pieces("\u2581", "H", "a", "u"))).isNotEqualTo(REFUSED);
        assertThat(constraint.refusals(START)).isEqualTo((int)
                IntStream.range(0, tokenizer.vocabulary().size())
                        .filter(id -> constraint.next(START, id) == REFUSED)
                        .count());
    }

    @Test
    void required_wantsThePiecesThatTheTokenizerSpellsItIn() {
        TargetConstraint constraint = compile("", List.of(), List.of("Arbeitsbereich Server", "Datei"));
        int[] ids = tokenizer.encode("Arbeitsbereich Server");
        int state = START;
        for (int id : ids) {
            assertThat(constraint.wanted(state)).contains(id);
            state = constraint.next(state, id);
        }
        assertThat(constraint.met(state)).isEqualTo(ids.length);
        assertThat(constraint.missing(state)).isEqualTo(1);
        assertThat(constraint.wanted(state)).containsExactly(tokenizer.encode("Datei")[0]);
    }

    @Test
    void prefix_mayHaveABannedWordAtTheBeginningOfAnother() {
        TargetConstraint constraint = compile("Arbeitsbereich", List.of("Arbeit", "Arbeits"), List.of());
        assertThat(end(constraint, constraint.prefix())).isNotEqualTo(REFUSED);
    }

    @Test
    void whatCannotBe_isRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> compile("", List.of("Server"), List.of("Datei", "der Server")))
                .withMessage("required[1] has a phrase in it that is in banned");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> compile("Der Server", List.of("Server"), List.of()))
                .withMessage("prefix has a phrase in it that is in banned");
        compile("", List.of("Server"), List.of("Serverraum"));
    }

    private static TargetConstraint compile(String prefix, List<String> banned, List<String> required) {
        return Objects.requireNonNull(
                new ConstraintCompiler(tokenizer).compile(new TranslationConstraints(prefix, banned, required)));
    }

    private static int end(TargetConstraint constraint, int[] ids) {
        int state = START;
        for (int id : ids) {
            if (state != REFUSED) {
                state = constraint.next(state, id);
            }
        }
        return state;
    }

    private static int[] pieces(String... pieces) {
        return IntStream.range(0, pieces.length)
                .map(i -> tokenizer.vocabulary().idOf(pieces[i]).orElseThrow())
                .toArray();
    }
}
