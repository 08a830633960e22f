package dev.dragoman.app.libretranslate;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.mvc.condition.RequestCondition;

/**
 * Met by requests that ask for a stream by name.
 *
 * <p>What a mapping produces would not do: a client that takes {@code text/*} or {@code application/*} takes JSON that it can read too, or
 * expects a page, but no stream.
 */
final class StreamCondition implements RequestCondition<StreamCondition> {
    private static final List<MediaType> FORMS = List.of(MediaType.TEXT_EVENT_STREAM, MediaType.APPLICATION_NDJSON);

    /** The form of stream that a request asks for, the one that it prefers of two; null if for none. */
    static @Nullable MediaType asked(HttpServletRequest request) {
        try {
            return MediaType.parseMediaTypes(Collections.list(request.getHeaders(HttpHeaders.ACCEPT))).stream()
                    .filter(type -> type.getQualityValue() > 0)
                    .sorted(Comparator.comparingDouble(MediaType::getQualityValue)
                            .reversed())
                    .flatMap(type -> FORMS.stream().filter(type::equalsTypeAndSubtype))
                    .findFirst()
                    .orElse(null);
        } catch (InvalidMediaTypeException unreadable) {
            return null;
        }
    }

    @Override
    public @Nullable StreamCondition getMatchingCondition(HttpServletRequest request) {
        return asked(request) == null ? null : this;
    }

    @Override
    public StreamCondition combine(StreamCondition other) {
        return other;
    }

    /** All are the same. */
    @Override
    public int compareTo(StreamCondition other, HttpServletRequest request) {
        return 0;
    }
}
