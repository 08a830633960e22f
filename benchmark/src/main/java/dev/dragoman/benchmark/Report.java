package dev.dragoman.benchmark;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * What a benchmark tells: Markdown on the screen and in {@code NAME.md}, tables as {@code NAME-TABLE.csv} as well. Everything is written
 * as it becomes known, so that a run which is ended early leaves what it has measured.
 */
final class Report {
    private final PrintWriter screen;
    private final Path folder;
    private final String name;

    /**
     * Begins an empty report.
     *
     * @param folder is made where it is missing; files of an earlier run are overwritten
     */
    Report(PrintWriter screen, Path folder, String name) {
        this.screen = screen;
        this.folder = folder;
        this.name = name;
        try {
            Files.createDirectories(folder);
            Files.writeString(markdown(), "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path markdown() {
        return folder.resolve(name + ".md");
    }

    /** A line of text. */
    void line(String text) {
        screen.println(text);
        screen.flush();
        append(markdown(), text + "\n");
    }

    /** Lines of a list. */
    void list(List<String> items) {
        items.forEach(item -> line("- " + item));
    }

    /**
     * Begins a table.
     *
     * @param title names the file of the table too
     */
    Table table(String title, String... columns) {
        Table table = new Table(folder.resolve(name + "-" + title.replaceAll("[^A-Za-z0-9]+", "-") + ".csv"));
        line("");
        line("**" + title + "**");
        line("");
        line(markdownRow(columns));
        line("|" + " --- |".repeat(columns.length));
        append(table.csv, csvRow(columns));
        return table;
    }

    /** A table that grows by its rows. */
    final class Table {
        private final Path csv;

        private Table(Path csv) {
            this.csv = csv;
            try {
                Files.writeString(csv, "");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void row(String... cells) {
            line(markdownRow(cells));
            append(csv, csvRow(cells));
        }
    }

    /** Writes a drawing as {@code NAME-TITLE.svg}. */
    void plot(String title, String svg) {
        try {
            Files.writeString(folder.resolve(name + "-" + title + ".svg"), svg);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String markdownRow(String... cells) {
        return "| " + String.join(" | ", cells) + " |";
    }

    static String csvRow(String... cells) {
        StringBuilder row = new StringBuilder();
        for (String cell : cells) {
            boolean plain = cell.indexOf(',') < 0 && cell.indexOf('"') < 0;
            row.append(row.length() == 0 ? "" : ",").append(plain ? cell : '"' + cell.replace("\"", "\"\"") + '"');
        }
        return row.append('\n').toString();
    }

    private static void append(Path file, String text) {
        try {
            Files.writeString(file, text, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
