package dev.dragoman.inference;

import dev.dragoman.inference.search.BatchSearch;
import dev.dragoman.inference.search.DecoderSession;
import dev.dragoman.inference.search.Hypothesis;
import dev.dragoman.model.configuration.ModelConfiguration;
import dev.dragoman.tokenizer.SegmentedText;
import dev.dragoman.tokenizer.SentenceSegmenter;
import dev.dragoman.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The {@link Translator} over one network: tokenise, put the target language's piece in front, search in batches, decode.
 *
 * <p>Threads translate at the same time, each with its own sessions. {@link #close} waits for them, so that no native memory goes while
 * a search reads it; afterwards every method that needs the model throws {@link IllegalStateException}.
 */
final class ModelTranslator implements Translator {
    /**
     * The network as this class needs it; a test makes one without native code.
     *
     * @param version a digest over the model's files
     * @param configuration directions, ids and sizes
     * @param sessions opens a decoder session over source ids; called by many threads
     * @param expertUse how evenly the mixture layers have used their experts so far; called by any thread
     * @param closer frees the network
     */
    record Network(
            String version,
            ModelConfiguration configuration,
            Function<int[][], DecoderSession> sessions,
            Supplier<List<ExpertUse>> expertUse,
            Runnable closer) {}

    private final Network network;
    private final Tokenizer tokenizer;
    private final Map<LanguagePair, int[]> prefixes;
    private final BatchSearch search;
    private final Map<String, SentenceSegmenter> segmenters = new ConcurrentHashMap<>();
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean closed;

    /**
     * Takes ownership of both network and tokenizer.
     *
     * @param prefixes per direction the ids put before the source, none or one; in the order to list the directions
     */
    ModelTranslator(Network network, Tokenizer tokenizer, Map<LanguagePair, int[]> prefixes) {
        this.network = network;
        this.tokenizer = tokenizer;
        this.prefixes = Collections.unmodifiableMap(new LinkedHashMap<>(prefixes));
        ModelConfiguration configuration = network.configuration();
        this.search = new BatchSearch(
                network.sessions(), configuration.bosId(), configuration.eosId(), BatchSearch.DEFAULT_MAXIMUM_TOKENS);
    }

    static ModelTranslator open(Path directory) {
        return ModelOpener.open(directory);
    }

    @Override
    public String modelVersion() {
        return network.version();
    }

    @Override
    public List<ExpertUse> expertUse() {
        return network.expertUse().get();
    }

    @Override
    public Set<LanguagePair> languagePairs() {
        return prefixes.keySet();
    }

    @Override
    public Segmentation segment(String text, String language) {
        // Rules take milliseconds to build. Only languages of the model are kept: the others are as many as callers
        // invent.
        SentenceSegmenter segmenter = isServedSource(language)
                ? segmenters.computeIfAbsent(language, SentenceSegmenter::of)
                : SentenceSegmenter.of(language);
        return new TextSegmentation(segmenter.segment(text));
    }

    private boolean isServedSource(String language) {
        return prefixes.keySet().stream().anyMatch(pair -> pair.source().equals(language));
    }

    private record TextSegmentation(SegmentedText text) implements Segmentation {
        @Override
        public List<String> sentences() {
            return text.sentences();
        }

        @Override
        public String join(List<String> translated) {
            return text.join(translated);
        }
    }

    @Override
    public int maximumSourceTokens() {
        return network.configuration().network().maximumLength();
    }

    @Override
    public int countTokens(String sentence) {
        return whileOpen(() -> tokenizer.encode(sentence).length);
    }

    @Override
    public List<Translation> translate(List<String> sentences, LanguagePair pair, TranslationOptions options) {
        int[] prefix = prefixes.get(pair);
        if (prefix == null) {
            throw new IllegalArgumentException(
                    "The language pair " + pair + " is not served; served are " + prefixes.keySet());
        }
        return whileOpen(() -> {
            List<int[]> pieces = encode(sentences);
            int[] positions = IntStream.range(0, pieces.size())
                    .filter(i -> pieces.get(i).length > 0)
                    .toArray();
            int[][] sources = IntStream.of(positions)
                    .mapToObj(i -> source(prefix, pieces.get(i)))
                    .toArray(int[][]::new);
            int[] maximumLengths = IntStream.of(positions)
                    .map(i -> options.maximumLength(pieces.get(i).length))
                    .toArray();
            List<List<Hypothesis>> found = search.search(sources, maximumLengths, options.search());

            List<Translation> translations = new ArrayList<>(
                    sentences.stream().map(ModelTranslator::untranslated).toList());
            for (int i = 0; i < positions.length; i++) {
                translations.set(positions[i], translation(found.get(i), pieces.get(positions[i]), prefix.length));
            }
            return List.copyOf(translations);
        });
    }

    private List<int[]> encode(List<String> sentences) {
        List<int[]> pieces = new ArrayList<>(sentences.size());
        for (int i = 0; i < sentences.size(); i++) {
            int[] ids = tokenizer.encode(sentences.get(i));
            if (ids.length > maximumSourceTokens()) {
                throw new IllegalArgumentException("Sentence " + i + " must have at most " + maximumSourceTokens()
                        + " tokens, but has " + ids.length);
            }
            pieces.add(ids);
        }
        return pieces;
    }

    private int[] source(int[] prefix, int[] pieces) {
        int[] source = Arrays.copyOf(prefix, prefix.length + pieces.length + 1);
        System.arraycopy(pieces, 0, source, prefix.length, pieces.length);
        source[source.length - 1] = network.configuration().eosId();
        return source;
    }

    /** A sentence without pieces, blank or all of characters that the tokenizer drops, is its own translation. */
    private static Translation untranslated(String sentence) {
        return new Translation(List.of(new Translation.Hypothesis(sentence, 0, 0, false)), 0);
    }

    private Translation translation(List<Hypothesis> found, int[] source, int prefixLength) {
        List<Translation.Hypothesis> hypotheses = found.stream()
                .map(hypothesis -> new Translation.Hypothesis(
                        tokenizer.decode(hypothesis.ids()),
                        hypothesis.score(),
                        hypothesis.tokens(),
                        hypothesis.truncated(),
                        alignment(hypothesis, source, prefixLength)))
                .toList();
        return new Translation(hypotheses, source.length);
    }

    private List<Integer> alignment(Hypothesis hypothesis, int[] source, int prefixLength) {
        float[][] attention = hypothesis.attention();
        return attention == null
                ? List.of()
                : WordAlignment.of(tokenizer.vocabulary()::piece, source, hypothesis.ids(), attention, prefixLength);
    }

    private <T> T whileOpen(Supplier<T> action) {
        lock.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("The translator is closed");
            }
            return action.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                network.closer().run();
                tokenizer.close();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}
