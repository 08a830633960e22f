package dev.dragoman.training.report;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * The load of a layer's experts over time: an expert a row, time from left to right. A fair share is white, more is red, less is blue, all
 * on a scale of powers of two that ends at eight times and an eighth.
 *
 * @param png the encoded picture
 */
record HeatMapImage(int width, int height, byte[] png) {
    private static final int PIXELS = 512;
    private static final int WHITE = 255;
    private static final double DOUBLINGS = 3;

    static HeatMapImage of(Curves shares) throws IOException {
        List<Curves.Point> points = shares.points();
        int rows = shares.names().size();
        int cellWidth = Math.max(1, PIXELS / Math.max(1, points.size()));
        int cellHeight = Math.max(1, PIXELS / 2 / Math.max(1, rows));
        BufferedImage image = new BufferedImage(
                Math.max(1, cellWidth * points.size()), Math.max(1, cellHeight * rows), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < cellHeight * rows; y++) {
            for (int x = 0; x < cellWidth * points.size(); x++) {
                image.setRGB(x, y, colour(points.get(x / cellWidth).mean(y / cellHeight)));
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (!ImageIO.write(image, "png", bytes)) {
            throw new IOException("this Java cannot write PNG files");
        }
        return new HeatMapImage(image.getWidth(), image.getHeight(), bytes.toByteArray());
    }

    private static int colour(double share) {
        double doublings = share > 0 ? Math.log(share) / Math.log(2) : -DOUBLINGS;
        double strength = Math.max(-1, Math.min(1, doublings / DOUBLINGS));
        int faded = (int) Math.round(WHITE * (1 - Math.abs(strength)));
        return strength > 0 ? WHITE << 16 | faded << 8 | faded : faded << 16 | faded << 8 | WHITE;
    }
}
