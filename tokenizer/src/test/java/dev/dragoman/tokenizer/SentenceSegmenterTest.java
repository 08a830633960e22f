package dev.dragoman.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In the tables, {@code ¦} stands where a sentence ends. */
class SentenceSegmenterTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "The package could not be installed.",
                "It works. ¦ It is fast! ¦ Is it? ¦ Yes.",
                "No period at the end",
                // abbreviations
                "Use a tool, e.g. GIMP, i.e. a program. ¦ Then stop.",
                "Use a tool, e. g. GIMP.",
                "Mr. Smith met Dr. Jones and Mrs. White. ¦ They left.",
                "Apples, pears, etc. are fruit. ¦ So are plums, etc. ¦ Next.",
                "See Fig. 3 and No. 5 on pp. 10 to 12. ¦ No. ¦ It is not.",
                "It starts at 5 p.m. ¦ The doors open at 4 a.m. sharp.",
                "J. R. R. Tolkien and J.R.R. Tolkien and J.-P. Sartre wrote.",
                "It is written in C. ¦ The API is for R. ¦ It came from C. Smith.",
                "The U.S. Army and the U.K. agree.",
                "So do I. ¦ The end. ¦ I. J. Good met A. I. Root. ¦ I. Introduction",
                "It needs 5 V. ¦ The current is 2 A. ¦ It is 20 °C. ¦ Good.",
                "It is a Ph.D. thesis vs. a book (cf. Knuth).",
                // numbers
                "Pi is 3.14 and e is 2.718. ¦ Version 2.0. ¦ It costs 1,000.50 euros.",
                "1. Open the file.",
                "1. Open the file. ¦ 2. Close it. ¦ 3.1. Save it.",
                "a. First. ¦ B. Second. ¦ XIV. Last. ¦ (2. Fifth.)",
                "iv. Fourth. ¦ Next.",
                "That was in 2019. ¦ Then came 2020.",
                // URLs and file names
                "See http://example.com/a.b?C=d.E&F=g. ¦ Then go to www.Example.com/?Page=1!x now.",
                "Edit config.xml, .bashrc or /etc/foo.d/Bar.conf. ¦ The .NET framework and Node.js read it.",
                "Call foo().Bar() or a.B.c(). ¦ Mail to John.Smith@Example.org. ¦ Done.",
                "Type Ctrl+C. ¦ Use the option -X. ¦ Then R&D. ¦ Go.",
                // ellipses
                "Well... I think so. ¦ Loading... Please wait…. Done… Good. . . . Yes.",
                // quotes and brackets
                "\"Really?\" he asked. ¦ \"Yes!\" she said. ¦ \"No.\" ¦ \"Why?\"",
                "“Stop!” he cried. ¦ (This is so.) ¦ [See below.] ¦ Fine.",
                "He said: “It is so.” ¦ She left.",
                "Yahoo! is a name. ¦ What?! ¦ No way!!! ¦ Ok.",
                "Done! ¦ 😀 Next one. ¦ Good 😀. ¦ Fine.",
                "It is closed (see the manual. ) ¦ Next.",
            })
    void segment_english(String marked) {
        assertSentences("en", marked);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Le paquet n'a pas pu être installé. ¦ Réessayez.",
                "M. Dupont et Mme. Durand voient le Dr. Petit, p. ex. Mardi. ¦ Il part.",
                "C.-à-d. Paris, cf. Lyon, etc. ¦ Voir l'art. 5 et p. 12.",
                "« Vraiment ! » dit-il. ¦ « Oui. » ¦ Il partit.",
                "«\u00A0Vraiment\u00A0?\u00A0» ¦ Oui\u00A0! ¦ Non\u202F!",
                "Il est écrit en C. ¦ C’est bien. ¦ Il lit R. ¦ Voir R. Martin.",
                "Que faire ? ¦ Rien ! ¦ Bien… Peut-être.",
                "En 52 av. J.-C. il vainquit. ¦ Puis la version 2.5 parut.",
                "Il dit : « Non ! », puis il partit.",
            })
    void segment_french(String marked) {
        assertSentences("fr", marked);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Das Paquet fehlt. ¦ Bitte installieren Sie es.",
                "Nehmen Sie z. B. Wein, d. h. Wasser, z.B. Saft. ¦ Ende.",
                "Dr. Müller, Hr. Maier u. a. Gäste kamen am 3. Oktober. ¦ Es war der 21. Geburtstag.",
                "Ludwig XIV. und Friedrich II. Herrscher.",
                "Siehe Nr. 5, Abb. 3, S. 12, Kap. 4, bzw. Abs. 2 davon. ¦ Nein.",
                "Das war 1999. ¦ Danach kam 2000.",
                "Äpfel, Birnen usw. sind Obst. ¦ Er sagte: »Nein.« ¦ »Doch!« ¦ Gut.",
                "„Wirklich?“ fragte er. ¦ „Ja!“ ¦ Gut.",
                "Im Jahr 300 v. Chr. geschah es, ca. 5 Mio. Menschen, inkl. Kinder.",
                "Er schreibt in C. ¦ Das ist schnell. ¦ Der Wert ist 1. ¦ Die anderen sind am 5. Tag neu.",
                "1. Datei öffnen. ¦ 2. Datei schließen.",
                "Version 3.10. ¦ Neu ist vieles.",
            })
    void segment_german(String marked) {
        assertSentences("de", marked);
    }

    @Test
    void segment_otherLanguages() {
        assertSentences("es", "¿Qué pasa? ¦ Nada. ¦ ¡Vamos! ¦ Bien.");
        assertThat(SentenceSegmenter.of("zh").segment("这是一个句子。这是另一个！对吗？是").sentences())
                .containsExactly("这是一个句子。", "这是另一个！", "对吗？", "是");
        assertThat(SentenceSegmenter.of("hi")
                        .segment("यह एक वाक्य है। यह दूसरा है।")
                        .sentences())
                .hasSize(2);
        assertSentences("qq", "One. ¦ Two.");
        assertSentences("", "One. ¦ Two.");
        assertSentences("fr-CA", "M. Roy part. ¦ Oui.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r", "\n\n", "\u2028", "\u2029", "\u0085", "\f", " \t\r\n  "})
    void segment_lineBreakEndsASentence(String lineBreak) {
        SegmentedText text = SentenceSegmenter.of("en").segment("one" + lineBreak + "two, Mr." + lineBreak + "Smith");

        assertThat(text.sentences()).containsExactly("one", "two, Mr.", "Smith");
        assertThat(text.whiteSpace()).containsExactly("", lineBreak, lineBreak, "");
    }

    @Test
    void segment_keepsWhiteSpaceAround() {
        SegmentedText text = SentenceSegmenter.of("en").segment("\uFEFF\t One.\u00A0 Two.\r\n\r\n  Three \u200B");

        assertThat(text.sentences()).containsExactly("One.", "Two.", "Three");
        assertThat(text.whiteSpace()).containsExactly("\uFEFF\t ", "\u00A0 ", "\r\n\r\n  ", " \u200B");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n", "\r\n \t\u00A0\u3000\u2028", "\uFEFF", "\u200B\u200B"})
    void segment_blankTextHasNoSentence(String blank) {
        SegmentedText text = SentenceSegmenter.of("en").segment(blank);

        assertThat(text.sentences()).isEmpty();
        assertThat(text.whiteSpace()).containsExactly(blank);
    }

    @Test
    void segment_longSentenceStaysWhole() {
        String sentence = "word, ".repeat(5_000) + "end.";

        assertThat(SentenceSegmenter.of("en").segment(sentence + " Next.").sentences())
                .containsExactly(sentence, "Next.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a", "A", "A. ", ". ", ".", "e.g. ", "1. ", "\n", "😀", ") ", "\" ", "? a", "(", "... ", "I. "})
    @Timeout(value = 20, unit = TimeUnit.SECONDS)
    void segment_megabyteInLinearTime(String unit) {
        String text = unit.repeat(1_000_000 / unit.length());
        SegmentedText segmented = SentenceSegmenter.of("en").segment(text);

        assertThat(segmented.join(segmented.sentences())).isEqualTo(text);
    }

    @Test
    void segment_byManyThreads() {
        SentenceSegmenter segmenter = SentenceSegmenter.of("en");
        List<String> expected =
                segmenter.segment("One. Two e.g. Three. Four! Five?").sentences();

        assertThat(IntStream.range(0, 2_000)
                        .parallel()
                        .mapToObj(i -> segmenter
                                .segment("One. Two e.g. Three. Four! Five?")
                                .sentences())
                        .distinct())
                .containsExactly(expected);
    }

    @Property(tries = 2_000)
    void join_givesTheTextBack(@ForAll String text, @ForAll("languages") String language) {
        assertGivenBack(text, language);
    }

    @Property(tries = 3_000)
    void join_givesTextLikeStringsBack(@ForAll("textLike") String text, @ForAll("languages") String language) {
        assertGivenBack(text, language);
    }

    @Provide
    Arbitrary<String> languages() {
        return Arbitraries.of("en", "fr", "de", "ja", "xx");
    }

    /** Strings of what the rules look at, so that they meet in every order. */
    @Provide
    Arbitrary<String> textLike() {
        return Arbitraries.of(
                        "a",
                        "B",
                        "Word",
                        "é",
                        "e.g.",
                        "z. B.",
                        "M.",
                        "1.",
                        "XIV.",
                        "I.",
                        ".",
                        "...",
                        "…",
                        "!",
                        "?",
                        ". ",
                        " ",
                        "  ",
                        "\t",
                        "\u00A0",
                        "\u202F",
                        "\n",
                        "\r\n",
                        "\r",
                        "\u2028",
                        "\u0085",
                        "\f",
                        "(",
                        ")",
                        "« ",
                        " »",
                        "\"",
                        "“",
                        "”",
                        "’",
                        "-",
                        "– ",
                        "😀",
                        "👩‍🚀",
                        "\uD800",
                        "\uDC00",
                        "\0",
                        "\uFEFF",
                        "\u200B",
                        "。",
                        "http://x.org/?A",
                        "°C.")
                .list()
                .ofMaxSize(30)
                .map(parts -> String.join("", parts));
    }

    private static void assertGivenBack(String text, String language) {
        SegmentedText segmented = SentenceSegmenter.of(language).segment(text);

        assertThat(segmented.join(segmented.sentences())).isEqualTo(text);
        assertThat(segmented.sentences()).allSatisfy(sentence -> {
            assertThat(sentence).isNotEmpty().doesNotContain("\n", "\r", "\u2028");
            assertThat(SentenceSegmenter.isWhiteSpace(sentence.charAt(0))).isFalse();
            assertThat(SentenceSegmenter.isWhiteSpace(sentence.charAt(sentence.length() - 1)))
                    .isFalse();
        });
        assertThat(segmented.whiteSpace())
                .allSatisfy(space -> assertThat(space.chars().allMatch(c -> SentenceSegmenter.isWhiteSpace((char) c)))
                        .isTrue());
    }

    private static void assertSentences(String language, String marked) {
        List<String> expected = List.of(marked.split(" ¦ "));
        String text = String.join(" ", expected);

        assertThat(SentenceSegmenter.of(language).segment(text).sentences()).isEqualTo(expected);
    }
}
