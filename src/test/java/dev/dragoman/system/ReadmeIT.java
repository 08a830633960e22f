package dev.dragoman.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The README's calls of curl to {@code /translate}, run by a shell as they stand there, but for the port. */
class ReadmeIT {
    private static ServerProcess server;

    @BeforeAll
    static void start() {
        server = ServerProcess.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void translate_asTheReadmeShows() throws Exception {
        List<String> commands = curlCommands(Files.readString(Repository.readme()));
        assertThat(commands).as("calls of curl in README.md").hasSizeGreaterThanOrEqualTo(2);
        for (String command : commands) {
            JsonNode answer =
                    new JsonMapper().readTree(run(command.replaceAll("(localhost|127\\.0\\.0\\.1):8080", address())));
            assertThat(answer.path("translatedText").isMissingNode())
                    .as("%s: %s", command, answer)
                    .isFalse();
        }
    }

    private static String address() {
        return server.uri("/").getAuthority();
    }

    /** The commands of code blocks that begin with curl and go to {@code /translate}; a backslash at the end of a line continues it. */
    private static List<String> curlCommands(String readme) {
        List<String> commands = new ArrayList<>();
        StringBuilder command = new StringBuilder();
        boolean code = false;
        for (String line : readme.lines().toList()) {
            String text = line.strip();
            if (text.startsWith("```")) {
                code = !code;
            } else if (code && (text.startsWith("curl ") || !command.isEmpty())) {
                command.append(line).append('\n');
                if (!text.endsWith("\\")) {
                    commands.add(command.toString());
                    command.setLength(0);
                }
            }
        }
        return commands.stream().filter(found -> found.contains("/translate")).toList();
    }

    private static String run(String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("bash", "-c", command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).as(command).isTrue();
        assertThat(process.exitValue()).as("%s: %s", command, output).isZero();
        return output;
    }
}
