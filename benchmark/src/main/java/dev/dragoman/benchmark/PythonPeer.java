package dev.dragoman.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/** A script of {@code benchmark/} in a process of its own, which does its work when it is told to. */
final class PythonPeer implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;
    private final PrintWriter orders;
    private final String description;

    private PythonPeer(Process process) throws IOException {
        this.process = process;
        answers = process.inputReader(StandardCharsets.UTF_8);
        orders = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
        description = answer();
    }

    /**
     * Starts it.
     *
     * @param python a Python that has what the script imports
     * @param script the peer
     * @param job what it reads, written to {@code jobFile}
     * @throws BenchmarkException if it does not start; what it says of the reason is on standard error
     */
    static PythonPeer start(String python, Path script, Object job, Path jobFile, int threads) {
        try {
            Files.write(jobFile, JsonMapper.builder().build().writeValueAsBytes(job));
            ProcessBuilder builder = new ProcessBuilder(python, script.toString(), jobFile.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().put("OMP_NUM_THREADS", String.valueOf(threads));
            return new PythonPeer(builder.start());
        } catch (IOException e) {
            throw new BenchmarkException("the peer does not start: " + e.getMessage());
        }
    }

    /**
     * The first of some Pythons in which a module is installed.
     *
     * @throws BenchmarkException if one of them does not start
     */
    static Optional<String> having(String module, List<String> pythons) {
        String question = "import importlib.util, sys; sys.exit(importlib.util.find_spec('" + module + "') is None)";
        for (String python : pythons) {
            try {
                if (new ProcessBuilder(python, "-c", question)
                                .inheritIO()
                                .start()
                                .waitFor()
                        == 0) {
                    return Optional.of(python);
                }
            } catch (IOException e) {
                throw new BenchmarkException("--python names " + python + ", which does not start: " + e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new BenchmarkException("interrupted");
            }
        }
        return Optional.empty();
    }

    /** What it says that it is. */
    String description() {
        return description;
    }

    /** What it takes of memory. */
    ResidentMemory memory() {
        return ResidentMemory.of(String.valueOf(process.pid()));
    }

    /** Does its work so many times and returns the seconds, by the clock. */
    double seconds(int times, Rounds.Clock clock) {
        return seconds(String.valueOf(times), clock);
    }

    /** As {@link #seconds(int, Rounds.Clock)}, of an order that says more than how many times. */
    double seconds(String order, Rounds.Clock clock) {
        orders.println(order);
        String[] seconds = answer().split(" ");
        return Double.parseDouble(seconds[clock == Rounds.Clock.CPU ? 0 : 1]);
    }

    private String answer() {
        try {
            String line = answers.readLine();
            if (line == null) {
                throw new BenchmarkException("the peer has ended; what it said is above");
            }
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        orders.close();
        process.destroy();
    }
}
