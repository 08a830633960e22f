package dev.dragoman.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.dragoman.model.cpu.CpuCeilings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.NodeList;

/** What translations cost, and how that is told. */
class CorpusReportTest {
    private static final CorpusSentences ONE = new CorpusSentences(new int[][] {new int[1000]}, 0);
    /** Tiles ten times as fast as vectors. */
    private static final CorpusWork.Machine MACHINE =
            new CorpusWork.Machine(new CpuCeilings(1000e9, 100e9, 10e9, 20e9), new Ceilings(50e9, 80e9, 10e9));

    @TempDir
    Path folder;

    private static double millions(CorpusWork work) {
        return 1e-6 * work.operations() / 2 / ONE.tokens();
    }

    /** From the layers' sizes: 34.8 for a source token, 48.1 for a row with 32,000 pieces. */
    @Test
    void work_ofThePapersNetwork() {
        CorpusWork greedy = CorpusWork.paper(ONE, 1, 32_000, 32, Precision.INT8);
        CorpusWork beam = CorpusWork.paper(ONE, 4, 32_000, 32, Precision.FLOAT32);
        CorpusWork listed = CorpusWork.paper(ONE, 4, 2048, 32, Precision.INT8);

        assertThat(millions(greedy)).isCloseTo(34.36 + 48.18, within(0.1));
        assertThat(millions(beam)).isCloseTo(34.36 + 3.997 * 48.18, within(0.1));
        assertThat(millions(beam) - millions(listed)).isCloseTo(3.997 * (32_000 - 2048) * 512e-6, within(0.01));
        assertThat(beam.bytes()
                        / CorpusWork.paper(ONE, 4, 32_000, 32, Precision.INT8).bytes())
                .isEqualTo(4);
    }

    /** 18.9 of the encoder and 3.1 for the decoder's view of the source; 22.0 of a row and 16.4 of its softmax. */
    @Test
    void work_ofATransformerBase() {
        assertThat(millions(CorpusWork.transformerBase(ONE, 4, 32_000)))
                .isCloseTo(18.87 + 3.15 + 3.997 * (22.02 + 16.38), within(0.05));
        assertThat(millions(CorpusWork.transformerBase(ONE, 4, 2048)))
                .isCloseTo(18.87 + 3.15 + 3.997 * (22.02 + 1.05), within(0.05));
    }

    @Test
    void floor_isTheLongerOfArithmeticAndBytes() {
        CorpusWork arithmetic = new CorpusWork(1000e9, 1e9, Precision.INT8);
        CorpusWork bytes = new CorpusWork(1e9, 40e9, Precision.INT8);
        CorpusWork floats = new CorpusWork(1000e9, 1e9, Precision.FLOAT32);

        assertThat(arithmetic.floor(MACHINE)).isCloseTo(1, within(1e-9));
        assertThat(arithmetic.floorByVectors(MACHINE)).isCloseTo(10, within(1e-9));
        assertThat(bytes.floor(MACHINE)).isCloseTo(2, within(1e-9));
        assertThat(bytes.floorByVectors(MACHINE)).isCloseTo(2, within(1e-9));
        assertThat(floats.floor(MACHINE)).isCloseTo(20, within(1e-9));
        assertThat(floats.floorByVectors(MACHINE)).isCloseTo(20, within(1e-9));
    }

    @Test
    void tables_haveEveryContender_andThoseThatAreAbsent() throws IOException {
        CorpusWork work = new CorpusWork(500e9, 1e9, Precision.INT8);
        // 1,000 tokens in 2 s and in 4 s.
        Contender kernels = new Contender("kernels", ONE, clock -> 2, null, work, new double[] {0.002});
        Contender listed = new Contender("listed", ONE, clock -> 4, null, work, new double[] {0.004});
        Report report = new Report(new PrintWriter(new StringWriter()), folder, "corpus");
        CorpusReport results = new CorpusReport(report, 4, List.of(kernels, listed));

        results.rates(MACHINE, List.of(new CorpusPeers.Absent("PyTorch", "no index")));
        results.work(MACHINE);
        results.plot();

        assertThat(Files.readAllLines(folder.resolve("corpus-beam-4.csv")).subList(1, 4))
                .containsExactly(
                        "kernels,1,500,,0.500,1.00,0.500,25 %,250 %",
                        "listed,1,250,,0.250,2.00,1.00,13 %,125 %", "\"PyTorch, left out: no index\",,,,,,,,");
        // 0.5 GOP a token; 500 tokens/s of a machine that does 1,000 GOP/s, or 100.
        assertThat(Files.readAllLines(folder.resolve("corpus-work-beam-4.csv")).get(1))
                .isEqualTo("kernels,250,250,0.500,5.00");
        assertThat(Files.readString(folder.resolve("corpus-beam-4.svg"))).contains(">kernels<", ">500<", ">250<");
    }

    @Test
    void bars_areAsLongAsTheirValues() throws Exception {
        BarPlot plot = new BarPlot("a < b");
        plot.add("whole & more", 200, true);
        plot.add("half", 100, false);
        NodeList paths = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(plot.svg().getBytes(StandardCharsets.UTF_8)))
                .getElementsByTagName("path");

        assertThat(paths.getLength()).isEqualTo(2);
        assertThat(paths.item(0).getAttributes().getNamedItem("d").getNodeValue())
                .isEqualTo("M276 44h332.0v17h-332.0z");
        assertThat(paths.item(1).getAttributes().getNamedItem("d").getNodeValue())
                .isEqualTo("M276 70h166.0v17h-166.0z");
        assertThatThrownBy(() -> plot.add("none", Double.NaN, false)).isInstanceOf(IllegalArgumentException.class);
    }
}
