package dev.dragoman.inference;

import dev.dragoman.inference.phrase.ConstraintCompiler;
import dev.dragoman.inference.search.BatchSearch;
import dev.dragoman.inference.search.ContinuousSearch;
import dev.dragoman.inference.search.DecoderSession;
import dev.dragoman.inference.search.Hypothesis;
import dev.dragoman.inference.search.SearchSentence;
import dev.dragoman.inference.search.TargetConstraint;
import dev.dragoman.model.configuration.ModelConfiguration;
import dev.dragoman.tokenizer.SegmentedText;
import dev.dragoman.tokenizer.SentenceSegmenter;
import dev.dragoman.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Translator} over one network: tokenise, put the target language's piece in front, search in batches, decode.
 *
 * <p>Threads translate at the same time, each with its own sessions. {@link #close} waits for translations and for steps of open sessions,
 * so that no native memory goes while a search reads it, and closes the sessions; afterwards every method that needs the model throws {@link IllegalStateException}.
 */
final class ModelTranslator implements Translator {
    /**
     * The network as this class needs it; a test makes one without native code.
     *
     * @param version a digest over the model's files
     * @param computedBy for people, what does the arithmetic
     * @param configuration directions, ids and sizes
     * @param sessions opens a decoder session without rows; called by many threads
     * @param expertUse how evenly the mixture layers have used their experts so far; called by any thread
     * @param closer frees the network
     */
    record Network(
            String version,
            String computedBy,
            ModelConfiguration configuration,
            Supplier<DecoderSession> sessions,
            Supplier<List<ExpertUse>> expertUse,
            Runnable closer) {}

    private final Network network;
    private final Tokenizer tokenizer;
    private final Map<LanguagePair, int[]> prefixes;
    private final Map<LanguagePair, Shortlist> shortlists;
    private final BatchSearch search;
    private final ConstraintCompiler compiler;
    private final Map<String, SentenceSegmenter> segmenters = new ConcurrentHashMap<>();
    /** Of the sessions that are open. */
    private final Set<ContinuousSearch> searches = ConcurrentHashMap.newKeySet();

    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean closed;

    /**
     * Takes ownership of both network and tokenizer.
     *
     * @param prefixes per direction the ids put before the source, none or one; in the order to list the directions
     * @param shortlists of those directions that have one
     */
    ModelTranslator(
            Network network,
            Tokenizer tokenizer,
            Map<LanguagePair, int[]> prefixes,
            Map<LanguagePair, Shortlist> shortlists) {
        this.network = network;
        this.tokenizer = tokenizer;
        this.prefixes = Collections.unmodifiableMap(new LinkedHashMap<>(prefixes));
        this.shortlists = Map.copyOf(shortlists);
        this.compiler = new ConstraintCompiler(tokenizer);
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
    public String computedBy() {
        return network.computedBy();
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
        return whileOpen(() -> {
            requireServed(pair);
            List<Source> sources = new ArrayList<>(sentences.size());
            for (int i = 0; i < sentences.size(); i++) {
                sources.add(source(sentences.get(i), pair, "Sentence " + i));
            }
            Iterator<List<Hypothesis>> found = search.search(sources.stream()
                            .filter(source -> source.tokens() > 0)
                            .map(source -> search(source, options))
                            .toList())
                    .iterator();
            List<Translation> translations = new ArrayList<>(sentences.size());
            for (int i = 0; i < sentences.size(); i++) {
                Source source = sources.get(i);
                translations.add(
                        source.tokens() > 0 ? translation(found.next(), source) : untranslated(sentences.get(i)));
            }
            return List.copyOf(translations);
        });
    }

    @Override
    public TranslationSession openSession() {
        return whileOpen(() -> {
            ModelConfiguration configuration = network.configuration();
            ContinuousSearch continuous =
                    new ContinuousSearch(network.sessions().get(), configuration.bosId(), configuration.eosId());
            searches.add(continuous);
            return new ModelTranslationSession(this, continuous);
        });
    }

    /** Closes the search of a session, unless {@link #close()} has done so. */
    void close(ContinuousSearch continuous) {
        lock.readLock().lock();
        try {
            if (searches.remove(continuous)) {
                continuous.close();
            }
        } finally {
            lock.readLock().unlock();
        }
    }

    /**
     * A sentence as the network reads it.
     *
     * @param ids its pieces between the piece of the target language and the end symbol
     * @param tokens number of its pieces
     * @param shortlist the pieces that its translation may have, ascending; null for all
     */
    record Source(int[] ids, int tokens, int @Nullable [] shortlist) {
        /** Number of ids before the first piece of the sentence. */
        int prefixLength() {
            return ids.length - 1 - tokens;
        }

        /** The ids of the sentence itself. */
        int[] pieces() {
            return Arrays.copyOfRange(ids, prefixLength(), prefixLength() + tokens);
        }
    }

    /**
     * Encodes a sentence.
     *
     * @throws IllegalArgumentException if the pair is not served or the sentence too long
     */
    Source source(String sentence, LanguagePair pair) {
        return source(sentence, pair, "The sentence");
    }

    private Source source(String sentence, LanguagePair pair, String name) {
        int[] prefix = requireServed(pair);
        int[] pieces = tokenizer.encode(sentence);
        if (pieces.length > maximumSourceTokens()) {
            throw new IllegalArgumentException(
                    name + " must have at most " + maximumSourceTokens() + " tokens, but has " + pieces.length);
        }
        int[] ids = Arrays.copyOf(prefix, prefix.length + pieces.length + 1);
        System.arraycopy(pieces, 0, ids, prefix.length, pieces.length);
        ids[ids.length - 1] = network.configuration().eosId();
        Shortlist shortlist = shortlists.get(pair);
        return new Source(ids, pieces.length, shortlist == null ? null : shortlist.allowed(pieces));
    }

    private int[] requireServed(LanguagePair pair) {
        int[] prefix = prefixes.get(pair);
        if (prefix == null) {
            throw new IllegalArgumentException(
                    "The language pair " + pair + " is not served; served are " + prefixes.keySet());
        }
        return prefix;
    }

    /** How a sentence is searched; under constraints over all pieces, since what they ask for need not be on its shortlist. */
    SearchSentence search(Source source, TranslationOptions options) {
        TargetConstraint constraint = compiler.compile(options.constraints());
        return new SearchSentence(
                source.ids(),
                maximumLength(source, options, constraint),
                options.search(),
                constraint,
                constraint == null ? source.shortlist() : null);
    }

    @Override
    public void check(TranslationConstraints constraints) {
        whileOpen(() -> compiler.compile(constraints));
    }

    /** The most target tokens of a sentence; what a constraint asks for always fits in. */
    private static int maximumLength(Source source, TranslationOptions options, @Nullable TargetConstraint constraint) {
        int free = options.maximumLength(source.tokens());
        return constraint == null
                ? free
                : Math.max(
                        free,
                        constraint.prefix().length + constraint.required() + TranslationOptions.ALWAYS_ALLOWED_TOKENS);
    }

    /** A sentence without pieces, blank or all of characters that the tokenizer drops, is its own translation. */
    static Translation untranslated(String sentence) {
        return new Translation(List.of(new Translation.Hypothesis(sentence, 0, 0, false)), 0);
    }

    Translation translation(List<Hypothesis> found, Source source) {
        List<Translation.Hypothesis> hypotheses = found.stream()
                .map(hypothesis -> new Translation.Hypothesis(
                        tokenizer.decode(hypothesis.ids()),
                        hypothesis.score(),
                        hypothesis.tokens(),
                        hypothesis.truncated(),
                        alignment(hypothesis, source),
                        hypothesis.unmet()))
                .toList();
        return new Translation(hypotheses, source.tokens());
    }

    private List<Integer> alignment(Hypothesis hypothesis, Source source) {
        float[][] attention = hypothesis.attention();
        return attention == null
                ? List.of()
                : WordAlignment.of(
                        tokenizer.vocabulary()::piece,
                        source.pieces(),
                        hypothesis.ids(),
                        attention,
                        source.prefixLength());
    }

    <T> T whileOpen(Supplier<T> action) {
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
                searches.forEach(ContinuousSearch::close);
                searches.clear();
                network.closer().run();
                tokenizer.close();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}
