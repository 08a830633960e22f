package dev.dragoman.app.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpOutputMessage;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import tools.jackson.databind.json.JsonMapper;

/** Writes what controllers return as JSON in one piece, so that its length goes with it and nothing has to follow. */
final class WholeJsonConverter extends JacksonJsonHttpMessageConverter {
    WholeJsonConverter(JsonMapper json) {
        super(json);
    }

    @Override
    protected void writeInternal(
            Object body, ResolvableType type, HttpOutputMessage message, @Nullable Map<String, Object> hints)
            throws IOException {
        Written written = new Written(message.getHeaders(), new ByteArrayOutputStream());
        super.writeInternal(body, type, written, hints);
        message.getHeaders().setContentLength(written.bytes().size());
        written.bytes().writeTo(message.getBody());
    }

    private record Written(HttpHeaders headers, ByteArrayOutputStream bytes) implements HttpOutputMessage {
        @Override
        public HttpHeaders getHeaders() {
            return headers;
        }

        @Override
        public OutputStream getBody() {
            return bytes;
        }
    }
}
