package dev.dragoman.training.preparation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dragoman.training.preparation.Preparation.Format;
import dev.dragoman.training.preparation.Preparation.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PairReaderTest {
    @TempDir
    Path folder;

    private List<RawPair> read(Text text) throws IOException {
        List<RawPair> pairs = new ArrayList<>();
        try (PairReader reader = PairReader.open(text, folder::resolve)) {
            for (RawPair pair = reader.next(); pair != null; pair = reader.next()) {
                pairs.add(pair);
            }
        }
        return pairs;
    }

    private static Text two(Format format, String download, String sourceFile, String targetFile) {
        return new Text("t", download, format, "en", "de", null, sourceFile, targetFile, null);
    }

    private static Text one(Format format, String download, String file) {
        return new Text("t", download, format, "en", "de", file, null, null, null);
    }

    /** Only LF ends a line: text from the web holds other line ends of Unicode. */
    @Test
    void lines_ofAnArchive() throws IOException {
        Archives.write(
                folder.resolve("training-parallel-europarl-v7.tgz"),
                Map.of(
                        "training/europarl-v7.de-en.en", "Resumption of the session\r\na\u2028b\u0085c\rd\n\nlast",
                        "training/europarl-v7.de-en.de", "Wiederaufnahme\r\nx\ny\nletzte\n"));
        assertThat(read(two(
                        Format.LINES,
                        "training-parallel-europarl-v7.tgz",
                        "training/europarl-v7.de-en.en",
                        "training/europarl-v7.de-en.de")))
                .containsExactly(
                        new RawPair("Resumption of the session", "Wiederaufnahme"),
                        new RawPair("a\u2028b\u0085c\rd", "x"),
                        new RawPair("", "y"),
                        new RawPair("last", "letzte"));
    }

    @Test
    void lines_ofTwoDownloads() throws IOException {
        Files.write(folder.resolve("a.en.gz"), Archives.compressed("a.en.gz", "one\n"));
        Files.write(folder.resolve("a.de.gz"), Archives.compressed("a.de.gz", "eins\n"));
        assertThat(read(new Text("t", "a.en.gz", Format.LINES, "en", "de", null, null, null, "a.de.gz")))
                .containsExactly(new RawPair("one", "eins"));
    }

    @Test
    void lines_ofDifferentNumber_areAnError() throws IOException {
        Path archive = Archives.write(folder.resolve("a.zip"), Map.of("a.en", "one\ntwo\n", "a.de", "eins\n"));
        assertThatThrownBy(() -> read(two(Format.LINES, "a.zip", "a.en", "a.de")))
                .isInstanceOf(IOException.class)
                .hasMessage(archive.resolve("a.de") + ": ends after line 1, but " + archive.resolve("a.en")
                        + " goes on: the two are not parallel");
    }

    @Test
    void lines_thatAreNotUtf8_costOneLine() throws IOException {
        Files.write(folder.resolve("a.en"), new byte[] {'a', (byte) 0xff, 'b', '\n', 'c', '\n'});
        Files.writeString(folder.resolve("a.de"), "x\ny\n");
        assertThat(read(new Text("t", "a.en", Format.LINES, "en", "de", null, null, null, "a.de")))
                .containsExactly(new RawPair("a\uFFFDb", "x"), new RawPair("c", "y"));
    }

    private static final String SOURCE = """
            <srcset setid="newstest2014" srclang="any">
            <doc sysid="ref" docid="one-de" genre="news" origlang="de">
            <p>
            <seg id="1">A &amp; B "said" Q&A</seg>
            </p>
            <p><seg id="2">Second</seg> <seg id="3">Third</seg></p>
            </doc>
            <doc docid="two-en"><hl><seg id="1"> Head  line </seg></hl></doc>
            </srcset>
            """;

    /** Tags in capitals, other quotes, another order of documents, and a second reference. */
    private static final String TARGET = """
            <REFSET SETID='newstest2014'>
            <DOC docid='two-en'><HL><SEG ID=1>Kopfzeile</SEG></HL></DOC>
            <DOC sysid='x' docid='one-de'><SEG id='1'>A &lt;und&gt; B</SEG><SEG id='2'>Zweitens</SEG>
            <SEG id='3'>Drittens</SEG></DOC>
            <DOC docid='two-en'><SEG ID=1>Andere</SEG></DOC>
            </REFSET>
            """;

    @Test
    void sgml_pairsSegmentsByName() throws IOException {
        Archives.write(
                folder.resolve("dev.tgz"),
                Map.of("dev/newstest2014-deen-src.en.sgm", SOURCE, "dev/newstest2014-deen-ref.de.sgm", TARGET));
        assertThat(read(two(
                        Format.SGML,
                        "dev.tgz",
                        "dev/newstest2014-deen-src.en.sgm",
                        "dev/newstest2014-deen-ref.de.sgm")))
                .containsExactly(
                        new RawPair("A &amp; B \"said\" Q&A", "A &lt;und&gt; B"),
                        new RawPair("Second", "Zweitens"),
                        new RawPair("Third", "Drittens"),
                        new RawPair(" Head  line ", "Kopfzeile"));
    }

    @Test
    void sgml_segmentWithoutCounterpart_isNamed() throws IOException {
        Path archive = Archives.write(
                folder.resolve("dev.tar"),
                Map.of("s.sgm", SOURCE, "t.sgm", TARGET.replace("<SEG id='2'>Zweitens</SEG>", ""), "e.sgm", "<x>"));
        assertThatThrownBy(() -> read(two(Format.SGML, "dev.tar", "s.sgm", "t.sgm")))
                .isInstanceOf(IOException.class)
                .hasMessage(archive.resolve("t.sgm") + ": has no segment 2 of document one-de, but "
                        + archive.resolve("s.sgm") + " has");
        assertThatThrownBy(() -> read(two(Format.SGML, "dev.tar", "t.sgm", "s.sgm")))
                .hasMessageStartingWith(archive.resolve("t.sgm") + ": has no segment 2");
        assertThatThrownBy(() -> read(two(Format.SGML, "dev.tar", "s.sgm", "e.sgm")))
                .hasMessage(archive.resolve("e.sgm") + ": has no segments (<seg id=...>)");
    }

    @Test
    void sgml_segmentWithoutEndOrName_isNamed() throws IOException {
        Path archive = Archives.write(
                folder.resolve("dev.tar"),
                Map.of(
                        "open.sgm",
                        "<doc docid=\"d\"><seg id=\"1\">x",
                        "nameless.sgm",
                        "<doc docid=\"d\"><seg>x</seg>"));
        assertThatThrownBy(() -> read(two(Format.SGML, "dev.tar", "open.sgm", "open.sgm")))
                .hasMessage(archive.resolve("open.sgm") + ": segment 1 of document d has no end");
        assertThatThrownBy(() -> read(two(Format.SGML, "dev.tar", "nameless.sgm", "open.sgm")))
                .hasMessage(archive.resolve("nameless.sgm") + ": <seg> has no id");
    }

    private static final String TMX = """
            <?xml version="1.0" encoding="UTF-8"?>
            <!DOCTYPE tmx SYSTEM "http://127.0.0.1:1/tmx14.dtd">
            <tmx version="1.4"><header srclang="en" adminlang="en"/><body>
            <tu><tuv xml:lang="en-GB"><seg>Tom &amp; <bpt i="1">&lt;b&gt;</bpt>Jerry<ept i="1">&lt;/b&gt;</ept> <hi>ran</hi></seg></tuv>
                <tuv xml:lang="fr"><seg>ignored</seg></tuv>
                <tuv xml:lang="DE"><note>no</note><seg>Tom und Jerry <![CDATA[<liefen>]]></seg></tuv>
                <tuv xml:lang="de"><seg>second variant</seg></tuv></tu>
            <tu><tuv lang="de"><seg>alt</seg></tuv><tuv lang="en"><seg>old</seg></tuv></tu>
            <tu><tuv xml:lang="en"><seg>alone</seg></tuv></tu>
            </body></tmx>
            """;

    @Test
    void tmx_takesTheFirstVariantOfEitherLanguage() throws IOException {
        Files.write(folder.resolve("en-de.tmx.gz"), Archives.compressed("en-de.tmx.gz", TMX));
        assertThat(read(one(Format.TMX, "en-de.tmx.gz", null)))
                .containsExactly(
                        new RawPair("Tom & Jerry ran", "Tom und Jerry <liefen>"),
                        new RawPair("old", "alt"),
                        new RawPair("alone", null));
        Archives.write(folder.resolve("en-de.tmx.zip"), Map.of("en-de.tmx", TMX));
        assertThat(read(one(Format.TMX, "en-de.tmx.zip", "en-de.tmx"))).hasSize(3);
    }

    /** A corpus must not be able to read this machine's files. */
    @Test
    void tmx_externalEntity_isNotRead() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "secret");
        Files.writeString(
                folder.resolve("evil.tmx"),
                "<!DOCTYPE tmx [<!ENTITY x SYSTEM \"" + secret.toUri() + "\">]><tmx><body><tu>"
                        + "<tuv xml:lang=\"en\"><seg>a&x;</seg></tuv><tuv xml:lang=\"de\"><seg>b</seg></tuv></tu></body></tmx>");
        try {
            assertThat(read(one(Format.TMX, "evil.tmx", null)).toString()).doesNotContain("secret");
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("evil.tmx:1: not well-formed XML");
        }
    }

    @Test
    void tmx_malformed_namesFileAndLine() throws IOException {
        Path file = Files.writeString(folder.resolve("a.tmx"), "<tmx>\n<body>\n<tu></body></tmx>");
        assertThatThrownBy(() -> read(one(Format.TMX, "a.tmx", null)))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file + ":3: not well-formed XML");
    }

    @Test
    void tsv_takesTheFirstTwoColumns() throws IOException {
        Files.write(folder.resolve("a.tsv.xz"), Archives.compressed("a.tsv.xz", "one\teins\t0.9\tx\ntwo\n\tdrei\n"));
        assertThat(read(one(Format.TSV, "a.tsv.xz", null)))
                .containsExactly(new RawPair("one", "eins"), new RawPair("two", null), new RawPair("", "drei"));
    }
}
