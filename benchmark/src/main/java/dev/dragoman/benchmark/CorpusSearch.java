package dev.dragoman.benchmark;

import dev.dragoman.inference.ModelDecoderSession;
import dev.dragoman.inference.search.BatchSearch;
import dev.dragoman.inference.search.SearchOptions;
import dev.dragoman.inference.search.SearchSentence;
import dev.dragoman.model.TranslationModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * Translates sentences as the library does where it is handed many at once: continuous batches, longest first.
 *
 * @param maximumTokens as of {@link BatchSearch}
 */
record CorpusSearch(TranslationModel model, int vocabulary, int beam, int maximumTokens) {
    static final int BOS = 2;
    /** No piece: translations end at their length and not before. */
    private static final int NO_END = -1;

    /**
     * Translates each sentence into as many pieces as it has.
     *
     * @param listed pieces of the shortlist, one for all sentences, as CTranslate2's map is one of the batch; 0 for all pieces
     */
    void translate(int[][] sources, int listed) {
        int[] list = listed == 0
                ? null
                : new Random(3)
                        .ints(BOS + 2, vocabulary)
                        .distinct()
                        .limit(listed)
                        .sorted()
                        .toArray();
        List<SearchSentence> wanted = Arrays.stream(sources)
                .map(source -> new SearchSentence(source, source.length, SearchOptions.beam(beam, 0), null, list))
                .toList();
        BatchSearch search = new BatchSearch(
                () -> new ModelDecoderSession(model.decode(new int[0][]), vocabulary), BOS, NO_END, maximumTokens);
        int[] lengths = search.search(wanted).stream()
                .mapToInt(found -> found.get(0).ids().length)
                .toArray();
        for (int i = 0; i < lengths.length; i++) {
            if (lengths[i] != sources[i].length) {
                throw new BenchmarkException(
                        "a translation has " + lengths[i] + " tokens instead of " + sources[i].length);
            }
        }
    }

    /** The same by decoders side by side, which have every so many-th sentence each; ends when all have. */
    void translate(int[][] sources, int listed, int decoders) {
        List<CompletableFuture<Void>> parts = new ArrayList<>();
        for (int part = 0; part < decoders; part++) {
            int first = part;
            int[][] own = IntStream.range(0, sources.length)
                    .filter(i -> i % decoders == first)
                    .mapToObj(i -> sources[i])
                    .toArray(int[][]::new);
            parts.add(CompletableFuture.runAsync(() -> translate(own, listed), command -> new Thread(command).start()));
        }
        parts.forEach(CompletableFuture::join);
    }
}
