package dev.dragoman.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Bars beside their names as SVG, from 0, in the colours of the reader's light or dark page. */
final class BarPlot {
    /** Of the longest bar, and of the figure beside it. */
    private static final int LONGEST = 332;

    private static final int RIGHT = 72;
    /** Of a letter, on average. */
    private static final int LETTER = 7;

    private static final int TOP = 44;
    private static final int STEP = 26;
    private static final int BAR = 17;

    private static final String STYLE = """
            <style>
            .page{fill:#fff} text{fill:#222} .s0{fill:#0b62a4} .s1{fill:#9aa4ad}
            @media (prefers-color-scheme:dark){.page{fill:#16181c} text{fill:#ddd} .s0{fill:#6db3f2} .s1{fill:#69727b}}
            </style>
            """;

    private final String title;
    private final List<Bar> bars = new ArrayList<>();

    private record Bar(String name, double value, boolean own) {}

    /** An empty plot; the title tells the unit. */
    BarPlot(String title) {
        this.title = title;
    }

    /**
     * Adds a bar below the others.
     *
     * @param value 0 or more
     * @param own whether it has the colour of what is ours
     * @throws IllegalArgumentException if the value is negative or no number
     */
    void add(String name, double value, boolean own) {
        if (!(value >= 0)) {
            throw new IllegalArgumentException("a bar has a length of 0 or more, but that of " + name + " is " + value);
        }
        bars.add(new Bar(name, value, own));
    }

    /** The drawing. */
    String svg() {
        int left = 24
                + LETTER
                        * Math.max(
                                36,
                                bars.stream()
                                        .mapToInt(bar -> bar.name().length())
                                        .max()
                                        .orElse(0));
        int width = left + LONGEST + RIGHT;
        int height = TOP + STEP * bars.size() + 8;
        double most = bars.stream().mapToDouble(Bar::value).max().orElse(0);
        StringBuilder out = new StringBuilder();
        line(
                out,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\">",
                width,
                height);
        out.append(STYLE);
        line(out, "<rect class=\"page\" width=\"%d\" height=\"%d\"/>", width, height);
        line(out, "<text x=\"16\" y=\"24\" font-size=\"16\">%s</text>", LogPlot.escape(title));
        for (int i = 0; i < bars.size(); i++) {
            Bar bar = bars.get(i);
            int top = TOP + STEP * i;
            double length = most == 0 ? 0 : LONGEST * bar.value() / most;
            line(
                    out,
                    "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>",
                    left - 8,
                    top + BAR - 4,
                    LogPlot.escape(bar.name()));
            line(
                    out,
                    "<path class=\"s%d\" d=\"M%d %dh%.1fv%dh-%.1fz\"/>",
                    bar.own() ? 0 : 1,
                    left,
                    top,
                    length,
                    BAR,
                    length);
            line(out, "<text x=\"%.1f\" y=\"%d\">%s</text>", left + length + 6, top + BAR - 4, Figures.of(bar.value()));
        }
        return out.append("</svg>\n").toString();
    }

    private static void line(StringBuilder out, String format, Object... arguments) {
        out.append(String.format(Locale.ROOT, format, arguments)).append('\n');
    }
}
