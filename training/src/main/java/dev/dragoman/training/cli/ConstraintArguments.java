package dev.dragoman.training.cli;

import dev.dragoman.inference.TranslationConstraints;
import dev.dragoman.inference.faithful.SentenceConstraints;
import dev.dragoman.inference.phrase.Glossary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of what a translation has to say. */
final class ConstraintArguments {
    @Option(
            names = "--glossary",
            paramLabel = "FILE",
            description = "Terms, one a line: as it is in the source, a tab, what it is translated as; case matters.")
    @Nullable
    Path glossary;

    @Option(
            names = "--ban",
            paramLabel = "PHRASE",
            description = "A word or phrase that no translation may have; may be given several times.")
    List<String> banned = List.of();

    @Option(
            names = "--prefix",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "How the translation of each line begins.")
    String prefix = "";

    /**
     * The constraints as a value.
     *
     * @throws CommandException if the file or one of them cannot be used; the message names it
     */
    SentenceConstraints constraints() throws IOException {
        try {
            // Checked here, and not at the first sentence.
            TranslationConstraints proven = new TranslationConstraints(prefix, banned, List.of());
            return new SentenceConstraints(
                    proven.prefix(), proven.banned(), glossary == null ? Glossary.EMPTY : read(glossary));
        } catch (IllegalArgumentException e) {
            throw new CommandException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
        }
    }

    private static Glossary read(Path file) throws IOException {
        List<Glossary.Term> terms = new ArrayList<>();
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            String[] sides = lines.get(i).split("\t", -1);
            if (lines.get(i).isBlank()) {
                continue;
            }
            if (sides.length != 2
                    || sides[0].isBlank()
                    || sides[1].isBlank()
                    || lines.get(i).length() > 2 * TranslationConstraints.MAXIMUM_CHARACTERS) {
                throw new IllegalArgumentException(file + ", line " + (i + 1)
                        + ", must be a term, a tab and its translation, each of at most "
                        + TranslationConstraints.MAXIMUM_CHARACTERS + " characters");
            }
            terms.add(new Glossary.Term(sides[0], sides[1]));
        }
        return new Glossary(terms);
    }
}
