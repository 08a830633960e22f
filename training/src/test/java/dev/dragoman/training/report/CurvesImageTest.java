package dev.dragoman.training.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CurvesImageTest {
    @TempDir
    Path directory;

    @Test
    void write_drawsEveryChart() throws IOException {
        BufferedImage image = write(overview(5000, true));
        assertThat(image.getWidth()).isEqualTo(1280);
        assertThat(image.getHeight()).isEqualTo(5 * 360);
        assertThat(coloursIn(image)).isGreaterThan(10);
        try (var files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactly("curves.png");
        }
    }

    @Test
    void write_withoutEvaluations() throws IOException {
        assertThat(write(overview(3, false)).getHeight()).isEqualTo(3 * 360);
    }

    @Test
    void write_beforeTheFirstReport() throws IOException {
        assertThat(write(new RunOverview()).getHeight()).isEqualTo(360);
    }

    private BufferedImage write(RunOverview overview) throws IOException {
        Path file = directory.resolve("curves.png");
        CurvesImage.write(overview, "toy", file);
        return Objects.requireNonNull(ImageIO.read(file.toFile()));
    }

    private static RunOverview overview(int updates, boolean evaluated) {
        RunOverview overview = new RunOverview();
        for (int i = 1; i <= updates; i++) {
            double loss = 2 + 7 / Math.sqrt(i);
            double diverged = i == 2 ? Double.POSITIVE_INFINITY : 1;
            overview.add(new UpdateMetrics(
                    i * 10L, 0, i, 900, loss, loss - 0.5, 1e-3, diverged, 0.5, Double.NaN, 0.25, 2, 0));
            if (evaluated && i % 100 == 0) {
                overview.add(DevMetrics.ofLoss(i * 10L, 0, i, "en-de", loss));
                overview.add(DevMetrics.ofLoss(i * 10L, 0, i, "en-fr", loss).withScores(30 - loss, 60 - loss));
            }
        }
        return overview;
    }

    private static long coloursIn(BufferedImage image) {
        return Arrays.stream(image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth()))
                .distinct()
                .count();
    }
}
