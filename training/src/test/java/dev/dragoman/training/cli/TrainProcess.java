package dev.dragoman.training.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** {@code dragoman train} in a process of its own, which can be killed. */
final class TrainProcess implements AutoCloseable {
    private static final long PATIENCE_MINUTES = 3;

    private final Process process;
    private final StringBuffer output = new StringBuffer();
    private final CountDownLatch training = new CountDownLatch(1);
    private final Thread reader = new Thread(this::read, "train-output");

    private TrainProcess(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // What Maven sets for its own JVM is no business of this one.
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().put("OMP_NUM_THREADS", "1");
        process = builder.start();
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts a training. */
    static TrainProcess start(String... arguments) throws IOException {
        return new TrainProcess(command(arguments));
    }

    /** Starts a command that has {@link #command} in it, such as a shell. */
    static TrainProcess start(List<String> command) throws IOException {
        return new TrainProcess(command);
    }

    /** The command line of a training, made to start quickly. */
    static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dai.djl.offline=true",
                "-Dai.djl.pytorch.num_threads=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Dragoman.class.getName(),
                "train"));
        command.addAll(List.of(arguments));
        return command;
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.append(line).append('\n');
                if (line.contains(" parameters, update ")) {
                    training.countDown();
                }
            }
        } catch (IOException closed) {
            // By the kill: nothing that the process has said.
        }
        training.countDown();
    }

    /** Waits until the first update is about to begin, or the process has ended. */
    void awaitTraining() throws InterruptedException {
        if (!training.await(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
            throw new IllegalStateException("no training after " + PATIENCE_MINUTES + " minutes:\n" + output);
        }
    }

    /** Kills it as {@code kill -9} does; says whether it was alive still. */
    boolean kill() throws InterruptedException {
        boolean alive = process.isAlive();
        process.destroyForcibly().waitFor();
        reader.join();
        return alive;
    }

    /** Waits for its end and returns its exit code. */
    int await() throws InterruptedException {
        if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
            throw new IllegalStateException("no end after " + PATIENCE_MINUTES + " minutes:\n" + output);
        }
        reader.join();
        return process.exitValue();
    }

    /** All that it has written. */
    String output() {
        return output.toString();
    }

    @Override
    public void close() {
        try {
            kill();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException(e));
        }
    }
}
