package dev.dragoman.app.http;

import dev.dragoman.app.errors.ServiceException.InvalidRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values of query string, form and multipart body together. */
final class FormParameters extends Parameters {
    private final Map<String, String[]> values;

    FormParameters(Map<String, String[]> values) {
        this.values = values;
    }

    @Override
    public boolean isList(String field) {
        String[] all = values.get(field);
        return all != null && all.length > 1;
    }

    @Override
    public @Nullable List<String> strings(String field) {
        String[] all = values.get(field);
        return all == null
                ? null
                : Arrays.stream(all).map(FormParameters::withLineFeeds).toList();
    }

    @Override
    public @Nullable String string(String field) {
        String[] all = values.get(field);
        return all == null ? null : all[0];
    }

    @Override
    public @Nullable List<Map<String, String>> objects(String field, List<String> members) {
        if (values.containsKey(field)) {
            throw new InvalidRequest(
                    "Invalid request: " + field + " parameter is a list of objects and needs a JSON body");
        }
        return null;
    }

    @Override
    public @Nullable String number(String field) {
        return nonEmpty(field);
    }

    @Override
    @Nullable
    String flagAsWritten(String field) {
        return string(field);
    }

    /** What curl sends as a form when it is given JSON and no header. */
    boolean looksLikeJson() {
        return values.keySet().stream().anyMatch(name -> name.stripLeading().startsWith("{"));
    }

    /** Browsers end the lines of a form with CR LF whatever the text had. */
    private static String withLineFeeds(String text) {
        return text.replace("\r\n", "\n").replace('\r', '\n');
    }
}
