package dev.dragoman.app.configuration;

import static dev.dragoman.app.configuration.PropertyRange.require;
import static dev.dragoman.app.configuration.PropertyRange.requireInHeap;

import dev.dragoman.inference.TranslationOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The properties below {@code dragoman}. A value outside its range, or a name that does not exist, ends the start with a message
 * that names property and value.
 *
 * @param home the directory that relative paths start from; the launcher sets it to its own directory
 * @param models model directories, or directories that hold some; none means {@code pretrained}
 * @param translation how a sentence is searched, and how long a request may take
 * @param limits what one request may ask for
 * @param queue how much work may wait
 * @param batch how waiting sentences are gathered
 * @param cache how many finished sentences are kept
 * @param detection how the language of a text is told
 * @param data the directory of what the server keeps: its database
 * @param database a shared database in place of a file below {@code data}
 * @param security who is let in
 * @param cors pages of which sites may call the server
 * @param modelRoots directories that hold models which may be loaded while serving, but are not at the start
 * @param pivot whether pairs that no model serves are served by way of English where two models do that
 * @param accessLog whether a line is logged for each request
 * @param traces where traces go
 */
@ConfigurationProperties(prefix = "dragoman", ignoreUnknownFields = false)
public record DragomanProperties(
        @DefaultValue(".") String home,
        @DefaultValue List<String> models,
        @DefaultValue TranslationProperties translation,
        @DefaultValue LimitProperties limits,
        @DefaultValue QueueProperties queue,
        @DefaultValue BatchProperties batch,
        @DefaultValue CacheProperties cache,
        @DefaultValue DetectionProperties detection,
        @DefaultValue("data") String data,
        @DefaultValue DatabaseProperties database,
        @DefaultValue SecurityProperties security,
        @DefaultValue CorsProperties cors,
        @DefaultValue List<String> modelRoots,
        @DefaultValue("true") boolean pivot,
        @DefaultValue("false") boolean accessLog,
        @DefaultValue TracesProperties traces) {

    private static final List<String> DEFAULT_MODELS = List.of("pretrained");

    public DragomanProperties {
        models = models.isEmpty() ? DEFAULT_MODELS : List.copyOf(models);
        modelRoots = List.copyOf(modelRoots);
    }

    /** The entries of {@code dragoman.models}, resolved against {@code dragoman.home}. */
    public List<Path> modelPaths() {
        return resolved(models);
    }

    /** The entries of {@code dragoman.model-roots}, resolved likewise. */
    public List<Path> modelRootPaths() {
        return resolved(modelRoots);
    }

    private List<Path> resolved(List<String> paths) {
        return paths.stream()
                .map(path -> Path.of(home).resolve(path).toAbsolutePath().normalize())
                .toList();
    }

    /** {@code dragoman.data}, resolved against {@code dragoman.home}. */
    public Path dataPath() {
        return Path.of(home).resolve(data).toAbsolutePath().normalize();
    }

    /**
     * {@code dragoman.translation}: the search, and the time for it. See {@code TranslationOptions} for the formulas.
     *
     * @param beamSize live hypotheses per sentence, 1 to 64; 1 is greedy search
     * @param lengthPenalty alpha of the length normalisation, 0 to 10; 0 disables
     * @param coveragePenalty beta of the coverage penalty, 0 to 10; 0 disables
     * @param maximumLengthFactor target tokens allowed per source token, 0.5 to 20
     * @param deadline how long a request may take in all, 10 milliseconds to one hour; what is not ready then is answered with 504
     */
    public record TranslationProperties(
            @DefaultValue("4") int beamSize,
            @DefaultValue("0.6") double lengthPenalty,
            @DefaultValue("0.2") double coveragePenalty,
            @DefaultValue("2") double maximumLengthFactor,
            @DefaultValue("60s") Duration deadline) {
        public TranslationProperties {
            require("dragoman.translation.beam-size", beamSize, 1, 64);
            require("dragoman.translation.length-penalty", lengthPenalty, 0, 10);
            require("dragoman.translation.coverage-penalty", coveragePenalty, 0, 10);
            require("dragoman.translation.maximum-length-factor", maximumLengthFactor, 0.5, 20);
            require("dragoman.translation.deadline", deadline, Duration.ofMillis(10), Duration.ofHours(1));
        }

        /** The search for a best translation and {@code alternatives} more; it is widened where the beam is too narrow for them. */
        public TranslationOptions options(int alternatives) {
            int nBest = 1 + alternatives;
            return new TranslationOptions(
                    Math.max(beamSize, nBest), nBest, lengthPenalty, coveragePenalty, maximumLengthFactor);
        }
    }

    /**
     * {@code dragoman.limits}: what one request may ask for. The tokens of one request are limited by {@code dragoman.queue.tokens},
     * the tokens of one sentence by its model.
     *
     * @param characters code points per text, 1 to 10,000,000
     * @param texts texts per request, 1 to 100,000
     * @param alternatives further translations per text, 0 to 63
     * @param requestSize bytes of a request's body, 1 KB to 1 GB
     * @param requestTime how long the body of a request may take to arrive, 1 second to 1 hour; beyond it 408
     */
    public record LimitProperties(
            @DefaultValue("50000") int characters,
            @DefaultValue("256") int texts,
            @DefaultValue("5") int alternatives,
            @DefaultValue("2MB") DataSize requestSize,
            @DefaultValue("30s") Duration requestTime) {
        public LimitProperties {
            require("dragoman.limits.characters", characters, 1, 10_000_000);
            require("dragoman.limits.texts", texts, 1, 100_000);
            require("dragoman.limits.alternatives", alternatives, 0, 63);
            require("dragoman.limits.request-size", requestSize, DataSize.ofKilobytes(1), DataSize.ofGigabytes(1));
            require("dragoman.limits.request-time", requestTime, Duration.ofSeconds(1), Duration.ofHours(1));
        }
    }

    /**
     * {@code dragoman.queue}: admission.
     *
     * @param tokens source tokens that may wait for each model, 16 to 100,000,000; a single request of more tokens is refused with 400
     * @param longestWait {@code dragoman.queue.longest-wait}: how far from now the turn of a request may be, by the speed of late, 10 milliseconds to
     *     one hour; beyond it 429. Requests of low priority and files wait longer
     * @param hold how long a request that does not fit waits for room before it is refused with 429, 0 to 10 seconds; as many tokens as in
     *     the queue may wait so
     */
    public record QueueProperties(
            @DefaultValue("32768") int tokens,
            @DefaultValue("2s") Duration longestWait,
            @DefaultValue("250ms") Duration hold) {
        public QueueProperties {
            require("dragoman.queue.tokens", tokens, 16, 100_000_000);
            require("dragoman.queue.longest-wait", longestWait, Duration.ofMillis(10), Duration.ofHours(1));
            require("dragoman.queue.hold", hold, Duration.ZERO, Duration.ofSeconds(10));
        }
    }

    /**
     * {@code dragoman.batch}: what is decoded together. Sentences enter and leave at every step; these are the most that are in.
     *
     * @param tokens padded source tokens, that is sentences times the longest of them, 16 to 1,000,000
     * @param sentences sentences, 1 to 10,000
     * @param rows hypotheses, that is the sum of the beam sizes, 1 to 100,000
     * @param workers decoders at work at the same time, per model, 0 to 64; 0 means one for each processor
     */
    public record BatchProperties(
            @DefaultValue("1024") int tokens,
            @DefaultValue("64") int sentences,
            @DefaultValue("256") int rows,
            @DefaultValue("0") int workers) {
        public BatchProperties {
            require("dragoman.batch.tokens", tokens, 16, 1_000_000);
            require("dragoman.batch.sentences", sentences, 1, 10_000);
            require("dragoman.batch.rows", rows, 1, 100_000);
            require("dragoman.batch.workers", workers, 0, 64);
        }

        /** {@code workers}, or the number of processors. */
        public int workerCount() {
            return workers == 0 ? Runtime.getRuntime().availableProcessors() : workers;
        }
    }

    /**
     * {@code dragoman.cache}: translated sentences.
     *
     * @param size memory for them, estimated, 0 to half of the largest heap; 0 keeps none, so that only sentences in flight are shared
     */
    public record CacheProperties(@DefaultValue("64MB") DataSize size) {
        public CacheProperties {
            requireInHeap("dragoman.cache.size", size);
        }
    }

    /**
     * {@code dragoman.detection}: telling languages apart.
     *
     * @param accuracy {@code auto}, {@code high} or {@code low}
     */
    public record DetectionProperties(@DefaultValue("auto") DetectionAccuracy accuracy) {}

    /**
     * {@code dragoman.database}: where keys are kept.
     *
     * @param url of PostgreSQL, {@code jdbc:postgresql://HOST/NAME}; empty for a file below {@code dragoman.data}
     */
    public record DatabaseProperties(
            @DefaultValue("") String url,
            @DefaultValue("") String username,
            @DefaultValue("") String password) {
        public DatabaseProperties {
            if (!url.isEmpty() && !url.startsWith("jdbc:postgresql:")) {
                // Of what else it says, the rest may be a password.
                throw new IllegalArgumentException(
                        "dragoman.database.url must begin with jdbc:postgresql:, but begins with "
                                + url.split("[/@]", 2)[0]);
            }
        }

        /** Without the password. */
        @Override
        public String toString() {
            return "DatabaseProperties[url=" + url + ", username=" + username + "]";
        }
    }

    /**
     * {@code dragoman.security}.
     *
     * @param open whether a server without keys may listen on other addresses than those of this machine
     */
    public record SecurityProperties(@DefaultValue("false") boolean open) {}

    /**
     * {@code dragoman.cors}: cross-origin requests of browsers.
     *
     * @param origins {@code https://HOST} or {@code http://HOST:PORT}, or {@code *} alone; none by default
     */
    public record CorsProperties(@DefaultValue List<String> origins) {
        private static final Pattern ORIGIN = Pattern.compile("https?://[^/\\s*]+");

        public CorsProperties {
            origins = List.copyOf(origins);
            for (String origin : origins) {
                if (!ORIGIN.matcher(origin).matches() && !origins.equals(List.of("*"))) {
                    throw new IllegalArgumentException("dragoman.cors.origins must be of the form https://HOST or"
                            + " http://HOST:PORT, without a path, or * alone, but one is " + origin);
                }
            }
        }
    }

    /**
     * {@code dragoman.traces}: what OpenTelemetry is told.
     *
     * @param endpoint address of a collector that takes OTLP over HTTP, with its path; empty: no traces are made
     * @param probability share of the requests that are traced, 0 to 1; those that come with a trace follow it
     */
    public record TracesProperties(
            @DefaultValue("") String endpoint,
            @DefaultValue("0.1") double probability) {
        private static final Pattern ADDRESS = Pattern.compile("https?://[^/\\s?#]+\\S*");

        public TracesProperties {
            if (!endpoint.isEmpty() && !ADDRESS.matcher(endpoint).matches()) {
                throw new IllegalArgumentException("dragoman.traces.endpoint must be of the form"
                        + " http://HOST:PORT/v1/traces or https://..., but is " + endpoint);
            }
            require("dragoman.traces.probability", probability, 0, 1);
        }
    }
}
