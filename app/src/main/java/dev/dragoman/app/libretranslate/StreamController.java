package dev.dragoman.app.libretranslate;

import dev.dragoman.app.http.Operation;
import dev.dragoman.app.http.RequestOrigins;
import dev.dragoman.app.security.Quotas;
import dev.dragoman.app.sentences.Lane;
import dev.dragoman.app.translation.RequestOrigin;
import dev.dragoman.app.translation.TranslationService;
import dev.dragoman.app.translation.TranslationStream;
import dev.dragoman.app.translation.ValidRequest;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import tools.jackson.databind.json.JsonMapper;

/** {@code POST /translate} for who asks for a stream: every sentence as soon as it and those before it are translated. */
@RestController
class StreamController {
    private final TranslationRequestReader reader;
    private final RequestValidator validator;
    private final TranslationService service;
    private final Quotas quotas;
    private final JsonMapper json;
    private final Executor writers;
    private final RequestOrigins origins;

    /** @param writers threads that may wait for slow clients, which those that translate must not */
    StreamController(
            TranslationRequestReader reader,
            RequestValidator validator,
            TranslationService service,
            Quotas quotas,
            JsonMapper json,
            StreamWriters writers,
            RequestOrigins origins) {
        this.reader = reader;
        this.validator = validator;
        this.service = service;
        this.quotas = quotas;
        this.json = json;
        this.writers = writers;
        this.origins = origins;
    }

    /** A request that is refused gets the usual error and no stream. */
    @PostMapping(
            path = "/translate",
            produces = {MediaType.TEXT_EVENT_STREAM_VALUE, MediaType.APPLICATION_NDJSON_VALUE})
    @Operation(summary = "Translate, and answer sentence by sentence")
    CompletableFuture<ResponseEntity<ResponseBodyEmitter>> translate(HttpServletRequest httpRequest) {
        MediaType type = Objects.requireNonNull(StreamCondition.asked(httpRequest));
        boolean asEvents = type.equals(MediaType.TEXT_EVENT_STREAM);
        long begin = System.nanoTime();
        RequestOrigin origin = origins.of(httpRequest, Lane.INTERACTIVE);
        AtomicReference<TranslationRequest> read = new AtomicReference<>();
        return service.stream(origin, () -> {
                    TranslationRequest request = reader.read(httpRequest);
                    read.set(request);
                    ValidRequest valid = validator.validate(request);
                    quotas.charge(httpRequest, valid.characters());
                    return valid;
                })
                .thenApply(stream -> {
                    ResponseBodyEmitter emitter = new ResponseBodyEmitter();
                    write(
                            stream,
                            Objects.requireNonNull(read.get()),
                            origin,
                            new EventWriter(emitter, json, asEvents, begin));
                    return ResponseEntity.ok()
                            .contentType(type)
                            .cacheControl(CacheControl.noStore())
                            .body(emitter);
                });
    }

    private void write(TranslationStream stream, TranslationRequest request, RequestOrigin origin, EventWriter writer) {
        CompletableFuture<Void> written = CompletableFuture.completedFuture(null);
        for (TranslationStream.Sentence sentence : stream.sentences()) {
            written = written.thenCompose(before -> sentence.result())
                    .thenAcceptAsync(result -> writer.sentence(sentence, result), writers);
        }
        written.thenCompose(before -> stream.texts())
                .thenAcceptAsync(
                        texts -> writer.done(TranslationResponse.of(request, stream.request(), texts)), writers)
                .whenCompleteAsync(
                        (done, fault) -> {
                            if (!writer.end(fault)) {
                                origin.hangUp();
                            }
                        },
                        writers);
    }
}
