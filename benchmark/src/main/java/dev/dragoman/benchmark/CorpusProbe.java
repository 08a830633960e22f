package dev.dragoman.benchmark;

import dev.dragoman.model.TranslationModel;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** A process that does nothing but translate a corpus, to see how much memory that takes. */
final class CorpusProbe {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private CorpusProbe() {}

    /**
     * What it is told.
     *
     * @param kernels variant, or {@code none} for the engine
     */
    record Job(
            String directory,
            String kernels,
            int threads,
            int vocabulary,
            int beam,
            int maximumTokens,
            int listed,
            int[][] sources) {}

    /** Argument: the file with the job. Prints its {@link ResidentMemory}. */
    public static void main(String[] arguments) {
        Job job = JSON.readValue(Path.of(arguments[0]).toFile(), Job.class);
        BenchmarkOptions options = new BenchmarkOptions();
        options.threads = job.threads;
        options.prepareEngine();
        try (TranslationModel model = DecoderSteps.open(Path.of(job.directory), job.kernels, job.threads)) {
            new CorpusSearch(model, job.vocabulary, job.beam, job.maximumTokens).translate(job.sources, job.listed);
            System.out.println(JSON.writeValueAsString(ResidentMemory.of("self")));
        }
    }

    /** Runs it with the options and the environment that {@code ./dragoman} gives a server or a translation. */
    static ResidentMemory run(Job job, Path jobFile) {
        JSON.writeValue(jobFile.toFile(), job);
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command(jobFile)).redirectError(ProcessBuilder.Redirect.INHERIT);
            // ./dragoman gives benchmarks the settings of training, which keep memory that is free; this is to be as
            // served.
            builder.environment()
                    .keySet()
                    .removeIf(name -> name.startsWith("MALLOC_") || name.equals("GLIBC_TUNABLES"));
            builder.environment().put("MALLOC_ARENA_MAX", "4");
            Process process = builder.start();
            try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
                String line = lines.readLine();
                int status = process.waitFor();
                if (line == null || status != 0) {
                    throw new BenchmarkException("the process whose memory is measured ended with status " + status);
                }
                return JSON.readValue(line, ResidentMemory.class);
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new BenchmarkException(
                    "the process whose memory is to be measured does not start: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchmarkException("interrupted");
        }
    }

    private static List<String> command(Path jobFile) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:MaxRAMPercentage=25",
                "-Dai.djl.offline=true",
                "-cp",
                System.getProperty("java.class.path"),
                CorpusProbe.class.getName(),
                jobFile.toString());
    }
}
