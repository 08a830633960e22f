package dev.dragoman.training.report;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws the curves of a run, two charts a row, without a display. */
final class CurvesImage {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 360;
    private static final int COLUMNS = 2;
    private static final int X_LABELS = 8;

    private CurvesImage() {}

    /**
     * Writes a PNG; the file appears complete or not at all.
     *
     * @param title names the run
     * @throws IOException if the file cannot be written, or if this Java has no fonts to draw with, as in a minimal image; the run
     *     itself is not at fault and goes on
     */
    static void write(RunOverview overview, String title, Path file) throws IOException {
        BufferedImage image = draw(overview, title);
        Path target = file.toAbsolutePath();
        Path temporary = target.resolveSibling(target.getFileName() + ".tmp");
        if (!ImageIO.write(image, "png", temporary.toFile())) {
            throw new IOException("this Java cannot write PNG files");
        }
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static BufferedImage draw(RunOverview overview, String title) throws IOException {
        // Drawing to memory needs no display, but AWT looks for one unless told otherwise before it loads.
        if (System.getProperty("java.awt.headless") == null) {
            System.setProperty("java.awt.headless", "true");
        }
        try {
            return tile(charts(overview, title));
        } catch (LinkageError | InternalError e) {
            throw new IOException("curves cannot be drawn: this Java has no fonts (install fontconfig and a font)", e);
        }
    }

    private static List<XYChart> charts(RunOverview overview, String title) {
        XYChart training = chart(title + ": training", "natural log per token");
        add(training, "loss", overview, "loss", 1);
        add(training, "negative log likelihood", overview, "nll", 1);

        XYChart experts = chart("balance of the experts", "coefficient of variation");
        add(experts, "importance", overview, "importanceCv", 1);
        add(experts, "load", overview, "loadCv", 1);

        XYChart busiest = chart("rows of the busiest expert", "times the mean");
        add(busiest, "overflow", overview, "overflow", 1);

        // XChart crowds an axis of such small numbers.
        XYChart rate = chart("learning rate", "thousandths");
        add(rate, "learning rate", overview, "learningRate", 1000);
        XYChart norm = chart("gradient norm", "");
        add(norm, "gradient norm", overview, "gradientNorm", 1);
        XYChart speed = chart("speed", "target tokens/s");
        add(speed, "tokens/s", overview, "tokensPerSecond", 1);

        List<XYChart> charts = new ArrayList<>(List.of(
                training,
                evaluations("development: loss", "natural log per token", overview, "loss"),
                evaluations("development: perplexity per word", "", overview, "wordPerplexity"),
                evaluations("development: BLEU", "", overview, "bleu"),
                evaluations("development: chrF2", "", overview, "chrf"),
                experts,
                busiest,
                norm,
                rate,
                speed));
        charts.removeIf(chart -> chart.getSeriesCollection().isEmpty());
        return charts;
    }

    private static XYChart evaluations(String title, String unit, RunOverview overview, String value) {
        XYChart chart = chart(title, unit);
        overview.development().forEach((direction, curves) -> add(chart, direction, curves, value, 1));
        return chart;
    }

    private static void add(XYChart chart, String name, RunOverview overview, String value, double scale) {
        add(chart, name, overview.training(), value, scale);
    }

    private static void add(XYChart chart, String name, Curves curves, String value, double scale) {
        int index = curves.names().indexOf(value);
        List<Curves.Point> measured = curves.points().stream()
                .filter(point -> Double.isFinite(point.mean(index)))
                .toList();
        addSeries(
                chart,
                name,
                measured.stream().mapToDouble(Curves.Point::update).toArray(),
                measured.stream()
                        .mapToDouble(point -> scale * point.mean(index))
                        .toArray());
    }

    private static void addSeries(XYChart chart, String name, double[] updates, double[] values) {
        if (updates.length > 0) {
            chart.addSeries(name, updates, values).setMarker(SeriesMarkers.NONE);
        }
    }

    private static XYChart chart(String title, String unit) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle("updates")
                .yAxisTitle(unit)
                .build();
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideS);
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setXAxisMin(0.0);
        chart.getStyler().setXAxisMaxLabelCount(X_LABELS);
        return chart;
    }

    private static BufferedImage tile(List<XYChart> charts) {
        int rows = Math.max(1, (charts.size() + COLUMNS - 1) / COLUMNS);
        BufferedImage image = new BufferedImage(COLUMNS * WIDTH, rows * HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
        for (int i = 0; i < charts.size(); i++) {
            BufferedImage chart = BitmapEncoder.getBufferedImage(charts.get(i));
            graphics.drawImage(chart, i % COLUMNS * WIDTH, i / COLUMNS * HEIGHT, null);
        }
        graphics.dispose();
        return image;
    }
}
