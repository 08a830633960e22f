package dev.dragoman.training.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dragoman.inference.TranslationOptions;
import dev.dragoman.inference.faithful.SentenceConstraints;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.Writer;
import org.junit.jupiter.api.Test;

class LineTranslationTest {
    private static final TranslationOptions THREE_BEST = new TranslationOptions(4, 3, 0.6, 0, 2);

    private final ShoutingTranslator translator = new ShoutingTranslator();
    private final StringWriter output = new StringWriter();
    private final StringWriter errors = new StringWriter();

    @Test
    void translate_linesStayAligned() throws IOException {
        assertThat(translate("one. two.\n\n  \nthree\n", TranslationOptions.BEAM_4, true))
                .isZero();
        assertThat(output).hasToString("ONE. TWO.\n\n  \nTHREE\n");
        assertThat(translator.calls).containsExactly(3);
    }

    @Test
    void translate_wholeLines() throws IOException {
        translate("one. two.\n\nthree", TranslationOptions.BEAM_4, false);
        assertThat(output).hasToString("ONE. TWO.\n\nTHREE\n");
        assertThat(translator.calls).containsExactly(3);
    }

    @Test
    void translate_tooLongComesOutAsItIs() throws IOException {
        assertThat(translate("a b. c d e f g h.\nx\n", TranslationOptions.BEAM_4, true))
                .isEqualTo(1);
        assertThat(output).hasToString("a b. c d e f g h.\nX\n");
        assertThat(errors)
                .hasToString("line 1 is not translated: a sentence has 6 tokens, and the model reads at most 5\n");
    }

    @Test
    void translate_nBest() throws IOException {
        translate("a\na b c d e f\nb\n", THREE_BEST, false);
        assertThat(output).hasToString("""
                        1\t-0.5000\tA
                        1\t-1.5000\tA!
                        1\t-2.5000\tA!!
                        2\t\ta b c d e f
                        3\t-0.5000\tB
                        3\t-1.5000\tB!
                        3\t-2.5000\tB!!
                        """);
    }

    @Test
    void translate_longInputInSeveralBatches() throws IOException {
        translate("x\n".repeat(600), TranslationOptions.BEAM_4, true);
        assertThat(output).hasToString("X\n".repeat(600));
        assertThat(translator.calls).containsExactly(256, 256, 88);
    }

    @Test
    void translate_answersEachLineOfASlowWriter() throws IOException {
        BufferedReader slow = new BufferedReader(new StringReader("a\nb\n")) {
            @Override
            public boolean ready() {
                return false;
            }
        };
        translation(TranslationOptions.BEAM_4, true).translate(slow, new PrintWriter(output), new PrintWriter(errors));
        assertThat(output).hasToString("A\nB\n");
        assertThat(translator.calls).containsExactly(1, 1);
    }

    @Test
    void translate_closedOutput() {
        PrintWriter closed = new PrintWriter(Writer.nullWriter());
        closed.close();
        assertThatThrownBy(() -> translation(TranslationOptions.BEAM_4, true)
                        .translate(new BufferedReader(new StringReader("a\n")), closed, closed))
                .isInstanceOf(IOException.class);
    }

    @Test
    void constructor_nBestOfSeveralSentences() {
        assertThatThrownBy(() -> translation(THREE_BEST, true)).isInstanceOf(IllegalArgumentException.class);
    }

    private long translate(String input, TranslationOptions options, boolean cut) throws IOException {
        return translation(options, cut)
                .translate(
                        new BufferedReader(new StringReader(input)),
                        new PrintWriter(output),
                        new PrintWriter(errors, true));
    }

    private LineTranslation translation(TranslationOptions options, boolean cut) {
        return new LineTranslation(translator, ShoutingTranslator.FRENCH, options, SentenceConstraints.NONE, cut);
    }
}
