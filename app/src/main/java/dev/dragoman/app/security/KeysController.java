package dev.dragoman.app.security;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.dragoman.app.errors.Problem;
import dev.dragoman.app.errors.ServiceException.InvalidRequest;
import dev.dragoman.app.errors.ServiceException.NotFound;
import dev.dragoman.app.errors.ServiceException.Unavailable;
import dev.dragoman.app.http.Access;
import dev.dragoman.app.http.Field;
import dev.dragoman.app.http.ManagementPort;
import dev.dragoman.app.http.Operation;
import dev.dragoman.app.http.ParameterReader;
import dev.dragoman.app.http.Parameters;
import dev.dragoman.app.http.Scope;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Keys by HTTP, on the management port, for who has a key of scope {@code admin}; the first one is created by the command. */
@RestController
@ManagementPort
class KeysController {
    /** With the fraction of a whole second too, which {@link java.time.Instant} leaves out and some clients insist on. */
    private static final DateTimeFormatter MILLISECONDS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

    private final Keys keys;
    private final ParameterReader reader;

    KeysController(Keys keys, ParameterReader reader) {
        this.keys = keys;
        this.reader = reader;
    }

    /**
     * A key.
     *
     * @param key its text, once: in the answer to its creation
     * @param charactersThisMonth what it used, code points
     * @param revoked absent while it is valid
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record KeyView(
            @Nullable String key,
            String id,
            String prefix,
            String name,
            List<String> scopes,
            @Nullable Integer requestsPerMinute,
            @Nullable Long charactersPerMonth,
            long charactersThisMonth,
            String created,
            @Nullable String revoked) {
        static KeyView of(ApiKey key, @Nullable String text, long characters) {
            Instant revoked = key.revoked();
            return new KeyView(
                    text,
                    key.id(),
                    "dgm_" + key.id(),
                    key.name(),
                    key.scopes().stream().sorted().map(Scope::label).toList(),
                    key.requestsPerMinute(),
                    key.charactersPerMonth(),
                    characters,
                    MILLISECONDS.format(key.created()),
                    revoked == null ? null : MILLISECONDS.format(revoked));
        }
    }

    /** The fields of a request for a new key, as the OpenAPI description tells them. */
    record NewKey(
            @Field("what it is called in lists, 1 to 100 characters")
            String name,

            @Field("translate, jobs, admin; translate by default") @Nullable
            List<String> scopes,

            @Field("no limit by default") @Nullable Integer requestsPerMinute,

            @Field("code points of source text in a calendar month of UTC; no limit by default") @Nullable
            Long charactersPerMonth) {}

    record KeyList(List<KeyView> keys) {}

    @GetMapping("/admin/keys")
    @Operation(summary = "All keys, also the revoked, without what is secret of them")
    @Access(Scope.ADMIN)
    ResponseEntity<KeyList> list() {
        return answer(
                HttpStatus.OK,
                new KeyList(keys.list().stream()
                        .map(listed -> KeyView.of(listed.key(), null, listed.characters()))
                        .toList()));
    }

    @PostMapping("/admin/keys")
    @Operation(
            summary = "Create a key, which is shown in the answer and never again",
            fields = NewKey.class,
            example =
                    "{\"name\":\"website\",\"scopes\":[\"translate\"],\"requestsPerMinute\":600,\"charactersPerMonth\":5000000}",
            status = 201,
            errors = Problem.UNAVAILABLE)
    @Access(Scope.ADMIN)
    ResponseEntity<KeyView> create(HttpServletRequest request) {
        Parameters parameters = reader.read(request, "name");
        String name = parameters.nonEmpty("name");
        List<String> scopes = parameters.strings("scopes");
        if (name == null) {
            throw new InvalidRequest("Invalid request: missing name parameter");
        }
        try {
            Keys.Created created = keys.create(
                    name,
                    Scope.parse(scopes == null ? Scope.TRANSLATE.label() : String.join(",", scopes)),
                    rate(number(parameters, "requestsPerMinute")),
                    number(parameters, "charactersPerMonth"));
            return answer(HttpStatus.CREATED, KeyView.of(created.key(), created.text(), 0));
        } catch (IllegalArgumentException outOfRange) {
            throw new InvalidRequest("Invalid request: " + outOfRange.getMessage());
        } catch (DatabaseException unusable) {
            throw unavailable("created", unusable);
        }
    }

    /** Told to whoever administers, who can do something about it. */
    private static Unavailable unavailable(String undone, DatabaseException cause) {
        return new Unavailable("Unavailable: the key was not " + undone + ". " + cause.getMessage());
    }

    private static @Nullable Long number(Parameters parameters, String field) {
        String written = parameters.number(field);
        try {
            return written == null ? null : Long.valueOf(written);
        } catch (NumberFormatException none) {
            throw new InvalidRequest("Invalid request: " + field + " parameter is not a whole number");
        }
    }

    private static @Nullable Integer rate(@Nullable Long number) {
        return number == null ? null : Integer.valueOf(ApiKey.requireRate(number));
    }

    @DeleteMapping("/admin/keys/{id}")
    @Operation(
            summary = "Revoke a key, for good",
            status = 204,
            errors = {Problem.NOT_FOUND, Problem.UNAVAILABLE})
    @Access(Scope.ADMIN)
    ResponseEntity<Void> revoke(@PathVariable String id) {
        try {
            if (!keys.revoke(id)) {
                throw new NotFound("Not found: there is no valid key of this id");
            }
        } catch (DatabaseException unusable) {
            throw unavailable("revoked", unusable);
        }
        return ResponseEntity.noContent().build();
    }

    private static <T> ResponseEntity<T> answer(HttpStatus status, T body) {
        return ResponseEntity.status(status)
                .contentType(MediaType.APPLICATION_JSON)
                .cacheControl(CacheControl.noStore())
                .body(body);
    }
}
