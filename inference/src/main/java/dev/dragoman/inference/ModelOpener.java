package dev.dragoman.inference;

import dev.dragoman.model.TranslationModel;
import dev.dragoman.model.checkpoint.ModelDirectory;
import dev.dragoman.model.checkpoint.ModelFormatException;
import dev.dragoman.model.configuration.ModelConfiguration;
import dev.dragoman.model.mixture.ExpertUsage;
import dev.dragoman.tokenizer.SentencePieceTokenizer;
import dev.dragoman.tokenizer.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Opens the parts of a model directory and checks that they fit together; what has been opened is closed where something fails. */
final class ModelOpener {
    private final Path directory;
    private final Path pieces;
    private final TranslationModel model;

    private ModelOpener(Path directory, TranslationModel model) {
        this.directory = directory;
        this.pieces = directory.resolve(ModelDirectory.PIECES);
        this.model = model;
    }

    static ModelTranslator open(Path directory) {
        TranslationModel model;
        try {
            model = TranslationModel.open(directory);
        } catch (ModelFormatException e) {
            throw new ModelUnavailableException(String.valueOf(e.getMessage()), e);
        }
        try {
            return new ModelOpener(directory, model).openTranslator();
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    private ModelTranslator openTranslator() {
        SentencePieceTokenizer tokenizer = openTokenizer();
        try {
            ModelConfiguration configuration = model.configuration();
            requireFit(configuration, tokenizer.vocabulary());
            int vocabularySize = configuration.network().vocabularySize();
            ModelTranslator.Network network = new ModelTranslator.Network(
                    model.version(),
                    model.computedBy(),
                    configuration,
                    () -> new ModelDecoderSession(model.decode(new int[0][]), vocabularySize),
                    this::expertUse,
                    model::close);
            Map<LanguagePair, int[]> prefixes = prefixes(configuration, tokenizer.vocabulary());
            return new ModelTranslator(network, tokenizer, prefixes, shortlists(vocabularySize, prefixes.keySet()));
        } catch (RuntimeException | Error e) {
            tokenizer.close();
            throw e;
        }
    }

    private List<ExpertUse> expertUse() {
        List<ExpertUse> use = new ArrayList<>();
        model.expertUsage().forEach((layer, usage) -> {
            ExpertUsage.Balance balance = usage.balance();
            use.add(new ExpertUse(
                    layer,
                    balance.experts(),
                    balance.rows(),
                    balance.importanceCv(),
                    balance.loadCv(),
                    balance.idleShare(),
                    balance.overflow()));
        });
        return use;
    }

    private SentencePieceTokenizer openTokenizer() {
        try {
            return SentencePieceTokenizer.open(pieces);
        } catch (IOException e) {
            throw new ModelUnavailableException(String.valueOf(e.getMessage()), e);
        }
    }

    private void requireFit(ModelConfiguration configuration, Vocabulary vocabulary) {
        requireEqual("vocabulary size", configuration.network().vocabularySize(), vocabulary.size());
        requireEqual("padId", configuration.padId(), vocabulary.padId());
        requireEqual("bosId", configuration.bosId(), vocabulary.bosId());
        requireEqual("eosId", configuration.eosId(), vocabulary.eosId());
    }

    private void requireEqual(String what, int configured, int found) {
        if (configured != found) {
            throw new ModelUnavailableException(pieces + ": does not belong to this model: its " + what + " is " + found
                    + ", but " + ModelDirectory.CONFIGURATION + " says " + configured);
        }
    }

    private Map<LanguagePair, Shortlist> shortlists(int vocabularySize, Set<LanguagePair> directions) {
        Path file = directory.resolve(ModelDirectory.SHORTLIST);
        if (!Files.exists(file)) {
            return Map.of();
        }
        try {
            // Read in any case: a file that is broken is to be noticed wherever the model is opened.
            Map<LanguagePair, Shortlist> shortlists = Shortlist.read(file, pieces, vocabularySize, directions);
            return model.gainsByShortlists() && Shortlist.areWanted() ? shortlists : Map.of();
        } catch (ModelFormatException e) {
            throw new ModelUnavailableException(String.valueOf(e.getMessage()), e);
        }
    }

    private Map<LanguagePair, int[]> prefixes(ModelConfiguration configuration, Vocabulary vocabulary) {
        Map<LanguagePair, int[]> prefixes = new LinkedHashMap<>();
        for (ModelConfiguration.Direction direction : configuration.directions()) {
            int[] prefix = direction.prefix().isEmpty() ? new int[0] : new int[] {idOf(direction.prefix(), vocabulary)};
            prefixes.put(new LanguagePair(direction.source(), direction.target()), prefix);
        }
        return prefixes;
    }

    private int idOf(String piece, Vocabulary vocabulary) {
        return vocabulary
                .idOf(piece)
                .orElseThrow(() -> new ModelUnavailableException(pieces
                        + ": does not belong to this model: it lacks the piece " + piece + " that "
                        + ModelDirectory.CONFIGURATION + " names"));
    }
}
