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
import java.util.function.ToDoubleFunction;
import javax.imageio.ImageIO;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws the curves of a run, two charts a row, without a display. */
public final class CurvesImage {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 360;
    private static final int COLUMNS = 2;
    private static final int X_LABELS = 8;
    /** More points than pixels draw nothing but time. */
    private static final int MAXIMUM_POINTS = 600;

    private CurvesImage() {}

    /**
     * Writes a PNG; the file appears complete or not at all.
     *
     * @param title names the run
     * @throws IOException if the file cannot be written, or if this Java has no fonts to draw with, as in a minimal image; the run
     *     itself is not at fault and goes on
     */
    public static void write(MetricsHistory history, String title, Path file) throws IOException {
        BufferedImage image = draw(history, title);
        Path target = file.toAbsolutePath();
        Path temporary = target.resolveSibling(target.getFileName() + ".tmp");
        if (!ImageIO.write(image, "png", temporary.toFile())) {
            throw new IOException("this Java cannot write PNG files");
        }
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static BufferedImage draw(MetricsHistory history, String title) throws IOException {
        // Drawing to memory needs no display, but AWT looks for one unless told otherwise before it loads.
        if (System.getProperty("java.awt.headless") == null) {
            System.setProperty("java.awt.headless", "true");
        }
        try {
            return tile(charts(history, title));
        } catch (LinkageError | InternalError e) {
            throw new IOException("curves cannot be drawn: this Java has no fonts (install fontconfig and a font)", e);
        }
    }

    private static List<XYChart> charts(MetricsHistory history, String title) {
        XYChart training = chart(title + ": training", "natural log per token");
        add(training, "loss", history.updates(), UpdateMetrics::loss);
        add(training, "negative log likelihood", history.updates(), UpdateMetrics::negativeLogLikelihood);

        XYChart experts = chart("balance of the experts", "coefficient of variation");
        add(experts, "importance", history.updates(), UpdateMetrics::importanceCv);
        add(experts, "load", history.updates(), UpdateMetrics::loadCv);

        XYChart busiest = chart("rows of the busiest expert", "times the mean");
        add(busiest, "overflow", history.updates(), UpdateMetrics::overflow);

        // XChart crowds an axis of such small numbers.
        XYChart rate = chart("learning rate", "thousandths");
        add(rate, "learning rate", history.updates(), metrics -> 1000 * metrics.learningRate());
        XYChart norm = chart("gradient norm", "");
        add(norm, "gradient norm", history.updates(), UpdateMetrics::gradientNorm);
        XYChart speed = chart("speed", "target tokens/s");
        add(speed, "tokens/s", history.updates(), UpdateMetrics::tokensPerSecond);

        List<XYChart> charts = new ArrayList<>(List.of(
                training,
                evaluations("development: loss", "natural log per token", history, DevMetrics::loss),
                evaluations("development: perplexity per word", "", history, DevMetrics::wordPerplexity),
                evaluations("development: BLEU", "", history, DevMetrics::bleu),
                evaluations("development: chrF2", "", history, DevMetrics::chrf),
                experts,
                busiest,
                norm,
                rate,
                speed));
        charts.removeIf(chart -> chart.getSeriesCollection().isEmpty());
        return charts;
    }

    private static XYChart evaluations(
            String title, String unit, MetricsHistory history, ToDoubleFunction<DevMetrics> value) {
        XYChart chart = chart(title, unit);
        for (String direction : history.directions()) {
            List<DevMetrics> measured = history.evaluations().stream()
                    .filter(metrics -> metrics.direction().equals(direction))
                    .filter(metrics -> Double.isFinite(value.applyAsDouble(metrics)))
                    .toList();
            addSeries(
                    chart,
                    direction,
                    measured.stream().mapToDouble(DevMetrics::update).toArray(),
                    measured.stream().mapToDouble(value).toArray());
        }
        return chart;
    }

    private static void add(
            XYChart chart, String name, List<UpdateMetrics> updates, ToDoubleFunction<UpdateMetrics> value) {
        List<UpdateMetrics> measured = updates.stream()
                .filter(metrics -> Double.isFinite(value.applyAsDouble(metrics)))
                .toList();
        // The mean of neighbours, not every n-th: a lone peak stays visible, and noise shrinks.
        int perPoint = Math.max(1, (measured.size() + MAXIMUM_POINTS - 1) / MAXIMUM_POINTS);
        List<double[]> points = new ArrayList<>();
        for (int start = 0; start < measured.size(); start += perPoint) {
            List<UpdateMetrics> neighbours = measured.subList(start, Math.min(measured.size(), start + perPoint));
            double mean = neighbours.stream().mapToDouble(value).average().orElseThrow();
            points.add(new double[] {neighbours.get(neighbours.size() - 1).update(), mean});
        }
        addSeries(
                chart,
                name,
                points.stream().mapToDouble(point -> point[0]).toArray(),
                points.stream().mapToDouble(point -> point[1]).toArray());
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
