package dev.dragoman.app.system;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalysisReporter;

/** Says why the server does not start, in one line of the log. Named in {@code META-INF/spring.factories}; Boot's own is switched off. */
final class StartupFailureReporter implements FailureAnalysisReporter {
    private static final Logger log = LoggerFactory.getLogger(StartupFailureReporter.class);

    @Override
    public void report(FailureAnalysis analysis) {
        log.error("The server does not start: {}", sentences(analysis));
    }

    static String sentences(FailureAnalysis analysis) {
        String description = analysis.getDescription().strip();
        String action = analysis.getAction();
        String end = description.endsWith(".") ? "" : ".";
        return (description + end + (action == null ? "" : " " + action))
                .replaceAll("\\s*\\R\\s*", " ")
                .strip();
    }
}
