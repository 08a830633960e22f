package dev.dragoman.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Lines over two logarithmic axes as SVG, in the colours of the reader's light or dark page. */
final class LogPlot {
    private static final int WIDTH = 776;
    private static final int HEIGHT = 420;
    private static final int LEFT = 80;
    private static final int RIGHT = 40;
    private static final int TOP = 56;
    private static final int BOTTOM = 52;
    private static final int SERIES = 8;
    private static final int LEGEND_LINE = 18;

    private final String title;
    private final String x;
    private final String y;
    private final List<Series> series = new ArrayList<>();

    private record Series(String name, List<double[]> points) {}

    /** An empty plot with the names of its axes. */
    LogPlot(String title, String x, String y) {
        this.title = title;
        this.x = x;
        this.y = y;
    }

    /**
     * Adds a line.
     *
     * @param points pairs of x and y, all above 0; a line without points is left out
     * @throws IllegalArgumentException if a number is not above 0, or this would be the ninth line
     */
    void add(String name, List<double[]> points) {
        for (double[] point : points) {
            if (!(point[0] > 0 && point[1] > 0)) {
                throw new IllegalArgumentException("a logarithmic axis has numbers above 0 only, but " + name + " has "
                        + point[0] + ", " + point[1]);
            }
        }
        if (points.isEmpty()) {
            return;
        }
        if (series.size() == SERIES) {
            throw new IllegalArgumentException(
                    "there are colours for " + SERIES + " lines, but " + name + " is one more");
        }
        series.add(new Series(name, List.copyOf(points)));
    }

    /** The drawing. */
    String svg() {
        Axis across = Axis.of(series, 0, LEFT, WIDTH - RIGHT);
        List<int[]> places = legend();
        int top = TOP + (series.isEmpty() ? 0 : LEGEND_LINE * places.get(places.size() - 1)[1]);
        Axis up = Axis.of(series, 1, HEIGHT - BOTTOM, top);
        StringBuilder out = new StringBuilder();
        line(
                out,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\">",
                WIDTH,
                HEIGHT);
        out.append(STYLE);
        line(out, "<rect class=\"page\" width=\"%d\" height=\"%d\"/>", WIDTH, HEIGHT);
        line(out, "<text x=\"%d\" y=\"22\" font-size=\"16\">%s</text>", LEFT, escape(title));
        for (double mark : across.marks()) {
            double at = across.place(mark);
            line(out, "<path class=\"grid\" d=\"M%.1f %dV%d\"/>", at, top, HEIGHT - BOTTOM);
            line(
                    out,
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                    at,
                    HEIGHT - BOTTOM + 18,
                    number(mark));
        }
        for (double mark : up.marks()) {
            double at = up.place(mark);
            line(out, "<path class=\"grid\" d=\"M%d %.1fH%d\"/>", LEFT, at, WIDTH - RIGHT);
            line(out, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>", LEFT - 8, at + 4, number(mark));
        }
        line(
                out,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                (LEFT + WIDTH - RIGHT) / 2,
                HEIGHT - 12,
                escape(x));
        line(
                out,
                "<text transform=\"translate(18 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>",
                (top + HEIGHT - BOTTOM) / 2,
                escape(y));
        for (int i = 0; i < series.size(); i++) {
            Series one = series.get(i);
            StringBuilder path = new StringBuilder();
            for (double[] point : one.points()) {
                double px = across.place(point[0]);
                double py = up.place(point[1]);
                path.append(String.format(Locale.ROOT, "%s%.1f %.1f", path.length() == 0 ? "M" : "L", px, py));
                line(out, "<circle class=\"c%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>", i, px, py);
            }
            line(out, "<path class=\"line s%d\" d=\"%s\"/>", i, path);
            int left = places.get(i)[0];
            int down = LEGEND_LINE * places.get(i)[1];
            line(out, "<path class=\"line s%d\" d=\"M%d %dh18\"/>", i, left, 41 + down);
            line(out, "<text x=\"%d\" y=\"%d\">%s</text>", left + 24, 45 + down, escape(one.name()));
        }
        return out.append("</svg>\n").toString();
    }

    /** Where each line's name begins, and in which line of the legend it is. */
    private List<int[]> legend() {
        List<int[]> places = new ArrayList<>();
        int left = LEFT;
        int row = 0;
        for (Series one : series) {
            int width = 40 + 7 * one.name().length();
            if (left > LEFT && left + width > WIDTH) {
                left = LEFT;
                row++;
            }
            places.add(new int[] {left, row});
            left += width;
        }
        return places;
    }

    private static final String STYLE = """
            <style>
            .page{fill:#fff} text{fill:#222} .grid{stroke:#ddd} .line{fill:none;stroke-width:2}
            .s0{stroke:#0b62a4}.s1{stroke:#c4500c}.s2{stroke:#2a7d2e}.s3{stroke:#7a3fa0}.s4{stroke:#8a6d00}.s5{stroke:#b0235f}
            .s6{stroke:#4a5560}.s7{stroke:#0a8585} .c6{fill:#4a5560}.c7{fill:#0a8585}
            .c0{fill:#0b62a4}.c1{fill:#c4500c}.c2{fill:#2a7d2e}.c3{fill:#7a3fa0}.c4{fill:#8a6d00}.c5{fill:#b0235f}
            @media (prefers-color-scheme:dark){.page{fill:#16181c} text{fill:#ddd} .grid{stroke:#3a3d44}
            .s0{stroke:#6db3f2}.s1{stroke:#ff9d5c}.s2{stroke:#7fd184}.s3{stroke:#c79bec}.s4{stroke:#e0c14d}.s5{stroke:#ff86b4}
            .c0{fill:#6db3f2}.c1{fill:#ff9d5c}.c2{fill:#7fd184}.c3{fill:#c79bec}.c4{fill:#e0c14d}.c5{fill:#ff86b4}
            .s6{stroke:#a3adb8}.s7{stroke:#5fd0d0} .c6{fill:#a3adb8}.c7{fill:#5fd0d0}}
            </style>
            """;

    /** From numbers to places; from {@code low} to {@code high} are whole powers of the base. */
    record Axis(double base, int low, int high, double from, double to) {
        /** Powers of two where a factor of 200 is the most to be shown, else of ten. */
        static Axis of(List<Series> series, int coordinate, double from, double to) {
            double least = Double.POSITIVE_INFINITY;
            double most = 0;
            for (Series one : series) {
                for (double[] point : one.points()) {
                    least = Math.min(least, point[coordinate]);
                    most = Math.max(most, point[coordinate]);
                }
            }
            return series.isEmpty() ? new Axis(10, 0, 1, from, to) : between(least, most, from, to);
        }

        static Axis between(double least, double most, double from, double to) {
            double base = most / least <= 200 ? 2 : 10;
            int low = (int) Math.floor(Math.log(least) / Math.log(base) + 1e-9);
            int high = (int) Math.ceil(Math.log(most) / Math.log(base) - 1e-9);
            return new Axis(base, low, Math.max(high, low + 1), from, to);
        }

        double place(double value) {
            return from + (to - from) * (Math.log(value) / Math.log(base) - low) / (high - low);
        }

        double[] marks() {
            double[] marks = new double[high - low + 1];
            for (int i = 0; i < marks.length; i++) {
                marks[i] = Math.pow(base, low + i);
            }
            return marks;
        }
    }

    private static String number(double value) {
        return value >= 1 ? String.format(Locale.ROOT, "%,.0f", value) : String.format(Locale.ROOT, "%.3g", value);
    }

    private static void line(StringBuilder out, String format, Object... arguments) {
        out.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }

    static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
