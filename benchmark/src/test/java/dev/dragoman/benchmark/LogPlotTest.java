package dev.dragoman.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class LogPlotTest {
    private static Document parse(LogPlot plot) throws Exception {
        byte[] svg = plot.svg().getBytes(StandardCharsets.UTF_8);
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(svg));
    }

    @Test
    void svg_isWellFormedWithEveryPoint() throws Exception {
        LogPlot plot = new LogPlot("a < b & c", "experts", "milliseconds");
        plot.add("one & two", List.of(new double[] {4, 1}, new double[] {131_072, 900}));
        plot.add("three", List.of(new double[] {4, 0.02}));
        Document document = parse(plot);

        assertThat(document.getDocumentElement().getTagName()).isEqualTo("svg");
        NodeList points = document.getElementsByTagName("circle");
        assertThat(points.getLength()).isEqualTo(3);
        for (int i = 0; i < points.getLength(); i++) {
            Element point = (Element) points.item(i);
            assertThat(Double.parseDouble(point.getAttribute("cx"))).isBetween(80.0, 736.0);
            assertThat(Double.parseDouble(point.getAttribute("cy"))).isBetween(56.0, 368.0);
        }
        assertThat(document.getDocumentElement().getTextContent())
                .contains("a < b & c", "one & two", "prefers-color-scheme");
    }

    @Test
    void svg_withoutPoints_isWellFormed() throws Exception {
        LogPlot plot = new LogPlot("nothing", "x", "y");
        plot.add("empty", List.of());

        assertThat(parse(plot).getElementsByTagName("circle").getLength()).isZero();
    }

    @Test
    void legend_goesOnBelow_whereALineIsFull() throws Exception {
        LogPlot plot = new LogPlot("t", "x", "y");
        for (int i = 0; i < 8; i++) {
            plot.add("a system of version " + i, List.of(new double[] {1, 1 + i}, new double[] {2, 2 + i}));
        }
        NodeList texts = parse(plot).getElementsByTagName("text");
        int lowest = 0;
        for (int i = 0; i < texts.getLength(); i++) {
            Element text = (Element) texts.item(i);
            if (text.getTextContent().startsWith("a system")) {
                int right = Integer.parseInt(text.getAttribute("x"))
                        + 7 * text.getTextContent().length();
                assertThat(right).isLessThanOrEqualTo(776);
                lowest = Math.max(lowest, Integer.parseInt(text.getAttribute("y")));
            }
        }
        assertThat(lowest).isEqualTo(45 + 2 * 18);
        NodeList points = parse(plot).getElementsByTagName("circle");
        for (int i = 0; i < points.getLength(); i++) {
            assertThat(Double.parseDouble(((Element) points.item(i)).getAttribute("cy")))
                    .isBetween(56.0 + 2 * 18, 368.0);
        }
        assertThatThrownBy(() -> plot.add("ninth", List.of(new double[] {1, 1})))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ninth");
    }

    @Test
    void add_refusesWhatHasNoLogarithm() {
        LogPlot plot = new LogPlot("t", "x", "y");

        assertThatThrownBy(() -> plot.add("bad", List.of(new double[] {1, 0})))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bad");
    }

    @Test
    void axis_placesPowersEvenly() {
        LogPlot.Axis axis = LogPlot.Axis.between(3, 4000, 0, 100);

        assertThat(axis.marks()).containsExactly(1, 10, 100, 1000, 10_000);
        assertThat(axis.place(100)).isCloseTo(50, within(1e-9));
        assertThat(LogPlot.Axis.between(3, 12, 0, 100).marks()).containsExactly(2, 4, 8, 16);
        assertThat(LogPlot.Axis.between(5, 5, 0, 100).marks()).hasSize(2);
    }

    @Test
    void stepPlot_hasThreeRatesOfEveryRow() throws Exception {
        StepPlot plot = new StepPlot("32 experts", "kernels", 2);
        plot.add(new String[] {"1", "2.00", "500", "1.00", "", "", "", "16.0", ""});
        plot.add(new String[] {"4", "4.00", "1000", "2.00", "", "", "", "32.0", ""});
        Document document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(plot.svg().getBytes(StandardCharsets.UTF_8)));

        NodeList points = document.getElementsByTagName("circle");
        assertThat(points.getLength()).isEqualTo(6);
        // The floor's rates are 1,000 and 2,000, the engine's 62.5 and 125, and heights are marked by powers of two.
        assertThat(height(points, 0) - height(points, 1)).isCloseTo(height(points, 4) - height(points, 5), within(0.2));
        assertThat(height(points, 4) - height(points, 0))
                .isCloseTo(4 * (height(points, 0) - height(points, 1)), within(0.5));
        assertThat(document.getDocumentElement().getTextContent()).contains("32 experts, 2 threads", "engine");
    }

    private static double height(NodeList points, int number) {
        return Double.parseDouble(((Element) points.item(number)).getAttribute("cy"));
    }
}
