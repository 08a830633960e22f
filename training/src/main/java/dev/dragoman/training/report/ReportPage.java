package dev.dragoman.training.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

/**
 * The report of a run: one HTML file that needs nothing else, neither a server nor the net. It is a page, a style and a script from this
 * jar around the {@link ReportContent} as JSON, which the script draws.
 */
final class ReportPage {
    private ReportPage() {}

    /** Writes the report; the file appears complete or not at all. */
    static void write(RunOverview overview, RunFile run, Path file) throws IOException {
        String page = resource("report.html")
                .replace("{{title}}", html(PlainText.of(run.name())))
                .replace("{{style}}", resource("report.css"))
                .replace("{{script}}", resource("report.js"))
                .replace("{{content}}", embedded(ReportContent.of(overview, run)));
        Path target = file.toAbsolutePath();
        Path temporary = target.resolveSibling(target.getFileName() + ".tmp");
        Files.writeString(temporary, page);
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** As JSON that cannot end the script element which it stands in, nor begin a comment there. */
    private static String embedded(Object content) {
        return MetricsJson.MAPPER
                .writeValueAsString(content)
                .replace("<", "\\u003c")
                .replace(">", "\\u003e")
                .replace("&", "\\u0026");
    }

    private static String html(String text) {
        // The brace, so that a name cannot be taken for a place in the page.
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("{", "&#123;");
    }

    private static String resource(String name) throws IOException {
        try (InputStream stream = Objects.requireNonNull(ReportPage.class.getResourceAsStream(name), name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
