package dev.dragoman.training.cli;

import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.Shortlist;
import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.checkpoint.ShortlistFile;
import dev.dragoman.model.configuration.ModelConfiguration;
import dev.dragoman.tokenizer.SentencePieceTokenizer;
import dev.dragoman.tokenizer.Tokenizer;
import dev.dragoman.training.Recipe;
import dev.dragoman.training.TrainingText;
import dev.dragoman.training.TranslationRecipe;
import dev.dragoman.training.data.EncodedCorpus;
import dev.dragoman.training.shortlist.Bitext;
import dev.dragoman.training.shortlist.LexicalModel;
import dev.dragoman.training.shortlist.LexicalOptions;
import dev.dragoman.training.shortlist.ShortlistOptions;
import dev.dragoman.training.shortlist.ShortlistTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dragoman shortlist}: the target pieces that a source's pieces allow, for a model. */
@Command(
        name = "shortlist",
        description = {
            "Learn from a recipe's text which target pieces each source piece may become, and write that into the model directory as"
                    + " shortlist.bin, so that decoding need not score the whole vocabulary.",
            "It belongs to the model's pieces, not to its weights: other models of the same pieces and languages may have a copy."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ShortlistCommand implements Callable<Integer> {
    /**
     * Tension, concentration and the share of the null word are those of Dyer et al. 2013. A model without the diagonal and the prior covers as much
     * with lists of equal length, but takes three times as many entries for it.
     */
    private static final LexicalOptions LEXICAL = new LexicalOptions(5, 0.08, 4, 0.01);

    @Spec
    @Nullable
    CommandSpec spec;

    @Option(
            names = {"-m", "--model"},
            required = true,
            paramLabel = "DIR",
            description = "The model directory.")
    @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
    Path model;

    @Option(
            names = {"-r", "--recipe"},
            required = true,
            paramLabel = "FILE",
            description =
                    "A recipe with text of the model's directions, usually that of its training; with the model's pieces.")
    @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
    Path recipeFile;

    @Option(
            names = {"-d", "--data"},
            paramLabel = "DIR",
            defaultValue = ".",
            description = {
                "Folder that the recipe's corpora are relative to (default: the current one).",
                "Of a recipe with a preparation: the folder that ./dragoman prepare has made."
            })
    Path data = Path.of(".");

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Write here instead of into the model directory, to try something.")
    @Nullable
    Path output;

    @Option(
            names = "--frequent",
            paramLabel = "N",
            defaultValue = "200",
            description = {
                "The most frequent target pieces, which are always allowed (default: ${DEFAULT-VALUE}).",
                "So are the single characters and bytes of the targets, by which anything can be spelt."
            })
    int frequent;

    @Option(
            names = "--per-piece",
            paramLabel = "N",
            defaultValue = "300",
            description = "How many target pieces a source piece allows at most (default: ${DEFAULT-VALUE}).")
    int perPiece;

    @Option(
            names = "--mass",
            paramLabel = "P",
            defaultValue = "0.98",
            description =
                    "A source piece allows its most probable translations up to this probability together (default: ${DEFAULT-VALUE}).")
    double mass;

    @Option(
            names = "--pairs",
            paramLabel = "N",
            defaultValue = "1000000",
            description =
                    "Learn from at most N pairs of each direction, at even distances (default: ${DEFAULT-VALUE}).")
    int pairs;

    @Option(
            names = "--report",
            paramLabel = "N",
            defaultValue = "0",
            description = {
                "Then tell, for the first N sentences of the recipe's development text, how long their lists are and how much they have of"
                        + " the references and of the model's own translations (default: no)."
            })
    int reported;

    @Override
    public Integer call() throws IOException {
        ShortlistOptions options = options();
        PrintWriter results = Objects.requireNonNull(spec).commandLine().getOut();
        PrintWriter errors = spec.commandLine().getErr();
        long begin = System.nanoTime();
        if (!(Recipe.read(recipeFile) instanceof TranslationRecipe recipe)) {
            throw new CommandException(recipeFile + " is the recipe of a language model, which does not translate");
        }
        ModelDirectory directory = ModelDirectory.open(model);
        requirePieces(directory.pieces(), recipe.piecesFile(recipeFile, data));
        int threads = Runtime.getRuntime().availableProcessors();
        List<ShortlistFile.Table> tables = new ArrayList<>();
        try (Tokenizer tokenizer = SentencePieceTokenizer.open(directory.pieces())) {
            for (ModelConfiguration.Direction direction :
                    directory.configuration().directions()) {
                List<TranslationRecipe.Corpus> corpora = corpora(recipe, direction);
                if (corpora.isEmpty()) {
                    errors.println(name(direction) + " has no corpus in " + recipeFile
                            + ": it will be translated with all pieces");
                    continue;
                }
                EncodedCorpus corpus = TrainingText.readCorpora(recipe, corpora, recipeFile, data, tokenizer, threads);
                tables.add(table(corpus, tokenizer, direction, options, threads, results, errors));
            }
            write(directory, tokenizer.vocabulary().size(), tables, begin, results);
            if (reported > 0) {
                List<TrainingText.Development> development =
                        TrainingText.readDevelopment(recipe, recipeFile, data, tokenizer, threads);
                new ShortlistReport(model, shortlists(tables), results).run(development, reported);
            }
        }
        return ExitCode.OK;
    }

    private ShortlistOptions options() {
        require(frequent >= 0, "--frequent must be 0 or more, but is " + frequent);
        require(perPiece >= 0, "--per-piece must be 0 or more, but is " + perPiece);
        require(mass >= 0 && mass <= 1, "--mass must be from 0 to 1, but is " + mass);
        require(pairs >= 1, "--pairs must be 1 or more, but is " + pairs);
        require(reported >= 0, "--report must be 0 (no) or more, but is " + reported);
        return new ShortlistOptions(frequent, perPiece, mass);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new CommandException(message);
        }
    }

    private void requirePieces(Path ofModel, Path ofRecipe) throws IOException {
        if (Files.mismatch(ofModel, ofRecipe) >= 0) {
            throw new CommandException(
                    "--recipe must have the model's pieces, " + ofModel + ", but has others: " + ofRecipe);
        }
    }

    private static List<TranslationRecipe.Corpus> corpora(
            TranslationRecipe recipe, ModelConfiguration.Direction direction) {
        return recipe.corpora().stream()
                .filter(corpus -> corpus.source().equals(direction.source())
                        && corpus.target().equals(direction.target())
                        && direction.prefix().equals(Objects.requireNonNullElse(corpus.prefix(), "")))
                .toList();
    }

    private ShortlistFile.Table table(
            EncodedCorpus corpus,
            Tokenizer tokenizer,
            ModelConfiguration.Direction direction,
            ShortlistOptions options,
            int threads,
            PrintWriter results,
            PrintWriter errors) {
        Bitext text = Bitext.of(corpus, pairs);
        require(text.pairs() > 0, name(direction) + " has no sentence pairs in " + recipeFile);
        int vocabularySize = tokenizer.vocabulary().size();
        LexicalModel lexical = LexicalModel.train(
                text,
                vocabularySize,
                LEXICAL,
                threads,
                round -> errors.println(String.format(
                        Locale.ROOT,
                        "%s: round %d of %d, perplexity %.1f",
                        name(direction),
                        round.number(),
                        LEXICAL.iterations(),
                        round.perplexity())));
        ShortlistFile.Table table = ShortlistTable.of(
                lexical,
                text.targetCounts(vocabularySize),
                tokenizer.vocabulary(),
                direction.source(),
                direction.target(),
                options);
        results.println(String.format(
                Locale.ROOT,
                "%s: %,d pairs; %,d pieces are always allowed, and %.1f by a source piece in the mean",
                name(direction),
                text.pairs(),
                table.always().length,
                Arrays.stream(table.perPiece())
                        .mapToInt(list -> list.length)
                        .average()
                        .orElse(0)));
        return table;
    }

    private void write(
            ModelDirectory directory,
            int vocabularySize,
            List<ShortlistFile.Table> tables,
            long begin,
            PrintWriter results)
            throws IOException {
        require(!tables.isEmpty(), recipeFile + " has no corpus of any direction that the model serves");
        Path file = output == null ? model.resolve(ModelDirectory.SHORTLIST) : output;
        new ShortlistFile(vocabularySize, ShortlistFile.piecesSha256(directory.pieces()), tables).write(file);
        results.println(String.format(
                Locale.ROOT, "%s: %,d bytes in %.0f s", file, Files.size(file), (System.nanoTime() - begin) / 1e9));
    }

    private static Map<LanguagePair, Shortlist> shortlists(List<ShortlistFile.Table> tables) {
        Map<LanguagePair, Shortlist> shortlists = new LinkedHashMap<>();
        tables.forEach(table -> shortlists.put(new LanguagePair(table.source(), table.target()), new Shortlist(table)));
        return shortlists;
    }

    private static String name(ModelConfiguration.Direction direction) {
        return direction.source() + "-" + direction.target();
    }
}
