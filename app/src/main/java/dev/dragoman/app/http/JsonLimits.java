package dev.dragoman.app.http;

import dev.dragoman.app.errors.ServiceException.InvalidRequest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamConstraintsException;

/**
 * Which of its limits Jackson means when it refuses a document. Its text is the only mark that such a refusal bears; it quotes nothing of the
 * document.
 *
 * @param constraints of the reader
 */
record JsonLimits(StreamReadConstraints constraints) {
    private static final Pattern REFUSAL =
            Pattern.compile("(\\w+)[^(]* \\((\\d+)\\) exceeds the maximum allowed.*", Pattern.DOTALL);

    /** What a request is told whose body is no JSON, or too much of it. */
    InvalidRequest refusal(JacksonException fault) {
        Matcher refusal = REFUSAL.matcher(fault.getOriginalMessage());
        if (!(fault instanceof StreamConstraintsException) || !refusal.matches()) {
            return new InvalidRequest("Invalid JSON format");
        }
        return switch (refusal.group(1)) {
            case "Document" -> InvalidRequest.tooMuchJson("levels of nesting", constraints.getMaxNestingDepth(), null);
            case "Name" -> InvalidRequest.tooMuchJson("characters in a name", constraints.getMaxNameLength(), null);
            case "String" ->
                InvalidRequest.tooMuchJson("characters in a string", constraints.getMaxStringLength(), null);
            // Alone of them read to its end before it is judged.
            case "Number" ->
                InvalidRequest.tooMuchJson(
                        "digits in a number", constraints.getMaxNumberLength(), Long.valueOf(refusal.group(2)));
            default -> new InvalidRequest("Invalid JSON format");
        };
    }
}
