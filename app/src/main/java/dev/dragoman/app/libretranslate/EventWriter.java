package dev.dragoman.app.libretranslate;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.dragoman.app.errors.Problem;
import dev.dragoman.app.errors.ServiceException;
import dev.dragoman.app.translation.TranslationStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import tools.jackson.databind.json.JsonMapper;

/** Writes one stream, as server-sent events or as lines of JSON; the members are the same. */
final class EventWriter {
    private static final Logger log = LoggerFactory.getLogger(EventWriter.class);

    private final ResponseBodyEmitter emitter;
    private final JsonMapper json;
    private final boolean asEvents;
    private final long begin;

    /** @param begin reading of {@link System#nanoTime} when the request came */
    EventWriter(ResponseBodyEmitter emitter, JsonMapper json, boolean asEvents, long begin) {
        this.emitter = emitter;
        this.json = json;
        this.asEvents = asEvents;
        this.begin = begin;
    }

    /**
     * A sentence.
     *
     * @param text index of its text in {@code q}
     * @param sentence its place in that text
     * @param score normalised log probability; absent if the sentence stayed as it was
     * @param degenerate true if it is a loop, empty or untranslated, otherwise absent
     * @param milliseconds since the request came
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record SentenceEvent(
            int text,
            int sentence,
            String translatedText,
            @Nullable Double score,
            @Nullable Boolean degenerate,
            long milliseconds) {}

    void sentence(TranslationStream.Sentence sentence, TranslationStream.Result result) {
        send(
                "sentence",
                new SentenceEvent(
                        sentence.text(),
                        sentence.index(),
                        result.text(),
                        result.score(),
                        result.degenerate() ? true : null,
                        milliseconds()));
    }

    /** The end: what the answer would have been without a stream. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record DoneEvent(
            boolean done,
            Object translatedText,
            @Nullable Object detectedLanguage,
            @Nullable Object alternatives,
            @Nullable Object degenerate,
            long milliseconds) {}

    void done(TranslationResponse response) {
        send(
                "done",
                new DoneEvent(
                        true,
                        response.translatedText(),
                        response.detectedLanguage(),
                        response.alternatives(),
                        response.degenerate(),
                        milliseconds()));
    }

    /** What went wrong after the status 200 had left. */
    record ErrorEvent(String type, int status, String error, String message) {}

    /** Ends the stream. False if the client has hung up before. */
    boolean end(@Nullable Throwable fault) {
        Throwable cause = fault instanceof CompletionException wrapped ? wrapped.getCause() : fault;
        try {
            if (cause instanceof UncheckedIOException) {
                return false;
            }
            if (cause != null) {
                ServiceException told = cause instanceof ServiceException expected ? expected : unexpected(cause);
                Problem problem = told.problem();
                send("error", new ErrorEvent(problem.type(), problem.status(), told.getMessage(), told.getMessage()));
            }
            return true;
        } catch (UncheckedIOException gone) {
            log.debug("A client hung up before the end of its stream", gone);
            return false;
        } finally {
            emitter.complete();
        }
    }

    private static ServiceException unexpected(Throwable cause) {
        log.error("A stream failed unexpectedly", cause);
        return new ServiceException.Internal();
    }

    private void send(String name, Object event) {
        String data = json.writeValueAsString(event);
        String written = asEvents ? "event: " + name + "\ndata: " + data + "\n\n" : data + "\n";
        try {
            emitter.send(written.getBytes(StandardCharsets.UTF_8));
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        } catch (IllegalStateException ended) {
            // By the container, when it noticed first that the client has hung up.
            throw new UncheckedIOException(new IOException(ended));
        }
    }

    private long milliseconds() {
        return (System.nanoTime() - begin) / 1_000_000;
    }
}
