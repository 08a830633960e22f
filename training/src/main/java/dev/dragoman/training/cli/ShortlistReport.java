package dev.dragoman.training.cli;

import dev.dragoman.inference.LanguagePair;
import dev.dragoman.inference.ModelDecoderSession;
import dev.dragoman.inference.Shortlist;
import dev.dragoman.inference.TranslationOptions;
import dev.dragoman.inference.search.BatchSearch;
import dev.dragoman.inference.search.Hypothesis;
import dev.dragoman.model.TranslationModel;
import dev.dragoman.model.configuration.ModelConfiguration;
import dev.dragoman.training.TrainingText;
import dev.dragoman.training.data.EncodedCorpus;
import dev.dragoman.training.shortlist.Coverage;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Tells how much shortlists have of references and of what a model translates with all pieces. */
final class ShortlistReport {
    private static final TranslationOptions SEARCH = TranslationOptions.BEAM_4;

    private final Path model;
    private final Map<LanguagePair, Shortlist> shortlists;
    private final PrintWriter results;

    ShortlistReport(Path model, Map<LanguagePair, Shortlist> shortlists, PrintWriter results) {
        this.model = model;
        this.shortlists = shortlists;
        this.results = results;
    }

    /** Reports on the first sentences of each corpus of a direction that has a shortlist. */
    void run(List<TrainingText.Development> development, int sentences) {
        try (TranslationModel open = TranslationModel.open(model)) {
            ModelConfiguration configuration = open.configuration();
            int vocabularySize = configuration.network().vocabularySize();
            BatchSearch search = new BatchSearch(
                    () -> new ModelDecoderSession(open.decode(new int[0][]), vocabularySize),
                    configuration.bosId(),
                    configuration.eosId(),
                    BatchSearch.DEFAULT_MAXIMUM_TOKENS);
            for (TrainingText.Development corpus : development) {
                Shortlist shortlist = shortlists.get(corpus.pair());
                if (shortlist != null) {
                    print(corpus, sentences, shortlist, search, configuration);
                }
            }
        }
    }

    private void print(
            TrainingText.Development corpus,
            int sentences,
            Shortlist shortlist,
            BatchSearch search,
            ModelConfiguration configuration) {
        EncodedCorpus encoded = corpus.encoded();
        int count = Math.min(sentences, encoded.size());
        int[][] pieces = new int[count][];
        int[][] sources = new int[count][];
        int[] maximumLengths = new int[count];
        Coverage references = new Coverage(shortlist);
        for (int pair = 0; pair < count; pair++) {
            pieces[pair] = new int[encoded.sourceLength(pair)];
            encoded.copySource(pair, pieces[pair], 0);
            sources[pair] = source(encoded, pair, configuration.eosId());
            maximumLengths[pair] = SEARCH.maximumLength(pieces[pair].length);
            int[] reference = new int[encoded.targetLength(pair)];
            encoded.copyTarget(pair, reference, 0);
            references.add(pieces[pair], reference);
        }
        Coverage translations = new Coverage(shortlist);
        List<List<Hypothesis>> found = search.search(sources, maximumLengths, SEARCH.search());
        for (int pair = 0; pair < count; pair++) {
            translations.add(pieces[pair], found.get(pair).get(0).ids());
        }
        results.println(String.format(
                Locale.ROOT,
                "%s: %,d sentences allow %,.0f pieces in the mean, %.1f %% of all, and at most %,d",
                corpus.pair(),
                count,
                references.meanLength(),
                100 * references.meanLength() / configuration.network().vocabularySize(),
                references.longest()));
        print("the references", references);
        print("the model's own translations", translations);
    }

    private void print(String what, Coverage coverage) {
        results.println(String.format(
                Locale.ROOT,
                "  of %s, %.2f %% of the pieces are allowed, and %.1f %% of the sentences whole",
                what,
                100 * coverage.pieces(),
                100 * coverage.sentences()));
    }

    /** The source as the network reads it. */
    private static int[] source(EncodedCorpus encoded, int pair, int eosId) {
        int[] prefix = encoded.part(pair).prefixId().stream().toArray();
        int[] ids = new int[prefix.length + encoded.sourceLength(pair) + 1];
        System.arraycopy(prefix, 0, ids, 0, prefix.length);
        encoded.copySource(pair, ids, prefix.length);
        ids[ids.length - 1] = eosId;
        return ids;
    }
}
