import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * The tables of {@code docs/scaling.md}: what the paper's two largest systems cost on several devices, in bytes, traffic and time, from
 * their sizes and from what the hardware's makers promise or others measured. Nothing is timed here.
 *
 * <p>Run: {@code java benchmark/ScalingTables.java}. Sizes follow the rules of {@code dev.dragoman.model.configuration.LayerSize}, biases
 * and thresholds included; {@code NetworkSizeTest} holds both totals.
 */
public final class ScalingTables {
    private static final double GIGA = 1e9;

    // What a maker promises, or what was measured where the name says so; docs/scaling.md names the sources.
    private static final double GPU_FLOPS = 990e12;
    private static final double GPU_FLOPS_MEASURED = 798e12;
    private static final double GPU_MEMORY_SPEED = 3.35e12;
    private static final double GPU_MEMORY = 80 * GIGA;
    private static final double NVLINK = 450 * GIGA;
    private static final double NETWORK = 50 * GIGA;
    private static final double PCI = 64 * GIGA;
    private static final double CPU_FLOPS_MEASURED = 260e9;
    private static final double CPU_INT8_MEASURED = 1090e9;
    private static final double CPU_MEMORY_MEASURED = 20 * GIGA;

    /** Share of the promised arithmetic that training is assumed to reach. */
    private static final double UTILISATION = 0.35;

    private static final double COMPUTE = UTILISATION * GPU_FLOPS;
    private static final int HALF = 2;
    private static final int SINGLE = 4;
    /** Weight and gradient of a dense parameter, in float32: what every device has of it. */
    private static final int DENSE_COPY = 2 * SINGLE;
    /** The same with Adam's two moments, which the first device alone has. */
    private static final int DENSE_STATE = 4 * SINGLE;
    /** Of expert weights per update: two reads and one write of a gradient by the products, three by the optimiser. */
    private static final int EXPERT_PASSES = 6;
    /** Tokens of a source sentence that attention looks at. */
    private static final int SOURCE = 27;

    private ScalingTables() {}

    public static void main(String[] arguments) {
        System.out.println("Sizes\n");
        table(
                "| | translation, 2 x 2,048 experts | news, 131,072 experts |",
                List.of(
                        sizeRow("parameters", s -> String.format(Locale.ROOT, "%,d", s.parameters())),
                        sizeRow("of these experts", s -> String.format(Locale.ROOT, "%,d", s.expertParameters())),
                        sizeRow("of these dense, gates included", s -> String.format(Locale.ROOT, "%,d", s.dense())),
                        sizeRow("one expert", s -> String.format(Locale.ROOT, "%,d", s.expert())),
                        sizeRow("used by one time step", s -> String.format(Locale.ROOT, "%,d", s.used())),
                        sizeRow("multiply-adds of one time step, forward", s -> String.format(Locale.ROOT, "%,d", s.multiplyAdds())),
                        sizeRow("of these experts", s -> String.format(Locale.ROOT, "%,d", s.expertMultiplyAdds()))));

        System.out.println("Memory of the first device: translation, 16,384 rows a device\n");
        memory(TRANSLATION, 16_384, 1, 2, 4, 8);
        System.out.println("Memory of the first device: news, 64 rows an expert\n");
        memory(NEWS, 0, 8, 16, 32, 64, 128);

        System.out.println("Remarks on memory\n");
        table("| | translation | news |", List.of(
                sizeRow("experts with float32 Adam, GB", s -> gigabytes((double) s.expertParameters() * DENSE_STATE)),
                sizeRow("experts as laid out here, GB", s -> gigabytes(s.expertBytes())),
                sizeRow(
                        "left for rows on the first of eight devices of 80 GB, GB",
                        s -> gigabytes(GPU_MEMORY - s.expertBytes() / 8 - (double) s.dense() * DENSE_STATE)),
                sizeRow(
                        "on each of the other seven, GB",
                        s -> gigabytes(GPU_MEMORY - s.expertBytes() / 8 - (double) s.dense() * DENSE_COPY)),
                sizeRow(
                        "moved through memory by the experts' part of one update, GB",
                        s -> gigabytes((double) EXPERT_PASSES * HALF * s.expertParameters())),
                sizeRow(
                        "seconds for that at 20 GB/s",
                        s -> number(EXPERT_PASSES * HALF * s.expertParameters() / CPU_MEMORY_MEASURED))));

        System.out.println("Traffic: sent by each device in one update (as much is received)\n");
        List<String> traffic = new ArrayList<>();
        traffic.add(traffic(TRANSLATION, 8, 16_384));
        traffic.add(traffic(NEWS, 32, NEWS.rowsPerDevice(64, 32)));
        table("| layout | rows a device | to experts and back, forward | the same, backward | one copy per chosen group, both ways |"
                + " dense gradients | numbers a row and layer, forward |", traffic);

        System.out.println("Dense gradients to the first device and values back, milliseconds of its link\n");
        table("| layout | in a ring | through the first device |", List.of(
                gathered("translation, 2 devices, NVLink", TRANSLATION, 2, NVLINK),
                gathered("translation, 8 devices, NVLink", TRANSLATION, 8, NVLINK),
                gathered("news, 8 devices of 141 GB, NVLink", NEWS, 8, NVLINK)));

        System.out.println("Time of one update, milliseconds, nothing overlapped\n");
        List<String> times = new ArrayList<>();
        times.add(time("translation, 8 devices, NVLink", TRANSLATION, 8, 16_384, NVLINK));
        times.add(time("the same at 4,096 rows a device", TRANSLATION, 8, 4_096, NVLINK));
        times.add(time("the same over PCIe 5", TRANSLATION, 8, 16_384, PCI));
        times.add(time("news, 8 devices of 141 GB, NVLink", NEWS, 8, NEWS.rowsPerDevice(64, 8), NVLINK));
        times.add(time("news, 32 devices, network", NEWS, 32, NEWS.rowsPerDevice(64, 32), NETWORK));
        times.add(time("news, 32 devices, were all on NVLink", NEWS, 32, NEWS.rowsPerDevice(64, 32), NVLINK));
        table("| layout | arithmetic at 35 % | (at the measured peak) | moving expert weights | rows, one copy per expert |"
                + " rows, one copy per group | dense gradients | traffic's share of the update | tokens/s, all devices |", times);

        System.out.println("Compute-to-traffic: multiply-adds per number sent that a link asks for\n");
        table("| link, each way | number | at the promised peak | at 35 % of it, or as measured |", List.of(
                link("NVLink 4, 450 GB/s", NVLINK, HALF, GPU_FLOPS, UTILISATION),
                link("PCIe 5 x16, 64 GB/s", PCI, HALF, GPU_FLOPS, UTILISATION),
                link("network of 400 Gb/s per device, 50 GB/s", NETWORK, HALF, GPU_FLOPS, UTILISATION),
                link("two-core CPU on a network of 10 Gb/s, 1.25 GB/s", 1.25 * GIGA, SINGLE, CPU_FLOPS_MEASURED, 1)));
        table("| experts | forward, one copy per expert | forward, one copy per group | whole update, one copy per expert |"
                + " whole update, one copy per group |", List.of(offer(TRANSLATION), offer(NEWS)));

        System.out.println("Shrinking batch: rows that an expert sees, k b d / n, with 16,384 rows a device\n");
        List<String> shrinking = new ArrayList<>();
        for (int experts : new int[] {32, 512, 2048, 131_072}) {
            StringBuilder row = new StringBuilder(String.format(Locale.ROOT, "| %,d |", experts));
            for (int devices : new int[] {1, 8, 32, 128}) {
                row.append(' ').append(number(4.0 * 16_384 * devices / experts)).append(" |");
            }
            for (int devices : new int[] {1, 8, 32, 128}) {
                row.append(String.format(Locale.ROOT, " %,.0f |", Math.ceil(64.0 * experts / (4 * devices))));
            }
            shrinking.add(row.toString());
        }
        table("| experts | d = 1 | 8 | 32 | 128 | rows a device for 64 an expert: d = 1 | 8 | 32 | 128 |", shrinking);
        System.out.printf(
                Locale.ROOT,
                "Rows at which the product of an expert stops waiting for its weights (H100, bfloat16): %.0f%n%n",
                GPU_FLOPS / GPU_MEMORY_SPEED);

        System.out.println("CPU, 8-bit weights: one decoder step\n");
        List<String> cpu = new ArrayList<>();
        for (int rows : new int[] {1, 4, 32, 256}) {
            cpu.add(cpu("translation, 32", TRANSLATION.decoderDense(), TRANSLATION, 32, rows));
            cpu.add(cpu("translation, 2,048", TRANSLATION.decoderDense(), TRANSLATION, 2048, rows));
            cpu.add(cpu("news, 131,072", NEWS.decoderDense(), NEWS, 131_072, rows));
        }
        table("| system, experts a layer | rows | experts touched | expert bytes | dense bytes | step | rows/s |"
                + " held in memory or on disk |", cpu);
    }

    /**
     * A network with experts.
     *
     * @param width d
     * @param cells of an LSTM layer, projected to d where it differs
     * @param lstms LSTM layers
     * @param vocabulary words or pieces
     * @param mixtures mixture layers
     * @param experts n of one layer
     * @param groups a
     * @param perLevel groups that a row visits, and experts in each of them
     * @param hidden h
     * @param translation whether there is an encoder, with attention, read by the first decoder layer; else a language model
     */
    private record Network(
            String name,
            int width,
            int cells,
            int lstms,
            int vocabulary,
            int mixtures,
            int experts,
            int groups,
            int perLevel,
            int hidden,
            boolean translation) {
        int perRow() {
            return perLevel * perLevel;
        }

        long expert() {
            return 2L * width * hidden;
        }

        long expertParameters() {
            return expert() * experts * mixtures;
        }

        long lstmMatrices() {
            long matrices = 4L * cells * 2 * width + (cells == width ? 0 : (long) cells * width);
            return matrices * lstms + (translation ? 4L * cells * width : 0);
        }

        /** The translation system's gates are strictly balanced, with thresholds; the language model's are noisy, with two matrices. */
        long gates() {
            long matrix = (long) width * (groups + experts);
            return mixtures * (translation ? matrix + groups + experts : 2 * matrix);
        }

        long gatesMultiplyAdds() {
            return (long) mixtures * (translation ? 1 : 2) * width * (groups + perLevel * (experts / groups));
        }

        /** Its hidden size is d. */
        long attentionMatrices() {
            return translation ? 2L * width * width : 0;
        }

        long softmaxMatrix() {
            return (long) vocabulary * width;
        }

        long vectors() {
            return 4L * cells * lstms + vocabulary + (translation ? width : 0);
        }

        /** Everything but experts, the embedding (one for source and target) included. */
        long dense() {
            return lstmMatrices() + gates() + attentionMatrices() + 2 * softmaxMatrix() + vectors();
        }

        long parameters() {
            return expertParameters() + dense();
        }

        long expertMultiplyAdds() {
            return (long) mixtures * perRow() * expert();
        }

        /** Forward, the scores of attention left out, as published counts do. */
        long multiplyAdds() {
            return lstmMatrices() + gatesMultiplyAdds() + attentionMatrices() + softmaxMatrix() + expertMultiplyAdds();
        }

        long used() {
            long thresholds = translation ? (long) mixtures * (groups + perLevel * (experts / groups)) : 0;
            long lookups = translation ? 2L * width : width;
            return multiplyAdds() + vectors() + thresholds + lookups;
        }

        /** Second moments in rows and columns: (p + q) numbers for each of an expert's two matrices, float32. */
        long expertStateBytes() {
            return 2L * (width + hidden) * SINGLE;
        }

        /** Weights, gradients and state of all experts when training. */
        double expertBytes() {
            return 2.0 * HALF * expertParameters() + (double) experts * mixtures * expertStateBytes();
        }

        int rowsPerDevice(int rowsPerExpert, int devices) {
            return (int) Math.ceil((double) rowsPerExpert * experts / (perRow() * devices));
        }

        /** Numbers in float32 that the backward pass needs of one row: an estimate. */
        long keptPerRow() {
            long lstm = 6L * cells + 4L * width;
            long mixture = 3L * width;
            long ends = (translation ? 2L : 1) * 2 * width + 2L * width;
            long attention = translation ? 3L * width + SOURCE : 0;
            return lstm * lstms + mixture * mixtures + ends + attention;
        }

        /** Bytes for one row on its way through a mixture layer: inputs, results and the gradients of both, one layer at a time. */
        long workingBytesPerRow() {
            return 4L * perRow() * width * HALF;
        }

        /** Floating-point operations of one row's update: forward, twice that backward, and hidden activations computed again. */
        double flops() {
            return 2.0 * (3.0 * multiplyAdds() + 0.5 * expertMultiplyAdds());
        }

        /** What one decoder step of serving reads of the dense part: no noise, the source's keys given. */
        long decoderDense() {
            long lstm = 4L * cells * 2 * width + (cells == width ? 0 : (long) cells * width);
            return translation
                    ? 2 * lstm + 4L * cells * width + (long) width * width + softmaxMatrix()
                    : lstms * lstm + softmaxMatrix() + gatesMultiplyAdds() / 2;
        }
    }

    private static final Network TRANSLATION =
            new Network("translation", 512, 2048, 5, 32_000, 2, 2048, 32, 2, 2048, true);

    /** The paper does not print its vocabulary; 100,000 words fit its totals. */
    private static final Network NEWS = new Network("news", 512, 512, 2, 100_000, 1, 131_072, 256, 2, 1024, false);

    private static String sizeRow(String what, Function<Network, String> value) {
        return "| " + what + " | " + value.apply(TRANSLATION) + " | " + value.apply(NEWS) + " |";
    }

    /** With {@code rows} 0, as many as give every expert 64. */
    private static void memory(Network network, int rows, int... deviceCounts) {
        List<String> lines = new ArrayList<>();
        for (int devices : deviceCounts) {
            double experts = (double) network.expertParameters() / devices;
            double weights = experts * HALF;
            double state = network.expertBytes() / devices - 2 * weights;
            double dense = (double) network.dense() * DENSE_STATE;
            int b = rows == 0 ? network.rowsPerDevice(64, devices) : rows;
            double kept = (double) b * network.keptPerRow() * SINGLE;
            double working = (double) b * network.workingBytesPerRow();
            double sum = 2 * weights + state + dense + kept + working;
            lines.add(String.format(
                    Locale.ROOT,
                    "| %d | %,d | %s | %s | %s | %s%s | %s | %s | **%s** | %s |",
                    devices,
                    b,
                    gigabytes(weights),
                    gigabytes(weights),
                    gigabytes(state),
                    gigabytes(dense),
                    devices == 1 ? "" : " (" + gigabytes((double) network.dense() * DENSE_COPY) + ")",
                    gigabytes(kept),
                    gigabytes(working),
                    gigabytes(sum),
                    sum < 0.9 * GPU_MEMORY ? "yes" : sum < GPU_MEMORY ? "barely" : "no"));
        }
        table("| devices | rows a device | expert weights | expert gradients | expert state | dense (on the others) |"
                + " kept for the backward pass | rows in flight | GB together | fits 80 GB |", lines);
    }

    /** Bytes sent by a device in one direction of the pass: its own rows' inputs, and the results of the experts that it holds. */
    private static double rowBytes(Network network, int devices, double rows, int copies) {
        double elsewhere = (devices - 1.0) / devices;
        return network.mixtures() * 2.0 * copies * network.width() * rows * HALF * elsewhere;
    }

    /** Bytes sent by a device to sum a gradient over all, in a ring. */
    private static double reduceBytes(Network network, int devices) {
        return 2.0 * (devices - 1) / devices * network.dense() * SINGLE;
    }

    private static String gathered(String name, Network network, int devices, double link) {
        // Gradients first, then values: the two directions are not in use at the same time.
        double through = 2.0 * (devices - 1) * network.dense() * SINGLE;
        return String.format(
                Locale.ROOT,
                "| %s | %s | %s |",
                name,
                number(reduceBytes(network, devices) / link * 1e3),
                number(through / link * 1e3));
    }

    private static String traffic(Network network, int devices, int rows) {
        double all = rowBytes(network, devices, rows, network.perRow());
        double grouped = rowBytes(network, devices, rows, network.perLevel());
        return String.format(
                Locale.ROOT,
                "| %s, %d devices | %,d | %s GB | %s GB | %s GB | %s GB | %,d out, %,d back; in groups %,d and %,d |",
                network.name(),
                devices,
                rows,
                gigabytes(all),
                gigabytes(all),
                gigabytes(2 * grouped),
                gigabytes(reduceBytes(network, devices)),
                network.perRow() * network.width(),
                network.perRow() * network.width(),
                network.perLevel() * network.width(),
                network.perLevel() * network.width());
    }

    private static String time(String name, Network network, int devices, int rows, double link) {
        double compute = network.flops() * rows / COMPUTE;
        double best = network.flops() * rows / GPU_FLOPS_MEASURED;
        double weights = (double) EXPERT_PASSES * network.expertParameters() / devices * HALF / GPU_MEMORY_SPEED;
        double all = 2 * rowBytes(network, devices, rows, network.perRow()) / link;
        double grouped = 2 * rowBytes(network, devices, rows, network.perLevel()) / link;
        double reduce = reduceBytes(network, devices) / link;
        double update = compute + weights + grouped + reduce;
        double tokens = (double) rows * devices * (network.translation() ? 2 : 1) / update;
        return String.format(
                Locale.ROOT,
                "| %s | %s | (%s) | %s | %s | %s | %s | %.0f %% | %s M |",
                name,
                number(compute * 1e3),
                number(best * 1e3),
                number(weights * 1e3),
                number(all * 1e3),
                number(grouped * 1e3),
                number(reduce * 1e3),
                100 * (grouped + reduce) / update,
                number(tokens / 1e6));
    }

    private static String link(String name, double bytesPerSecond, int numberBytes, double flops, double reached) {
        double numbers = bytesPerSecond / numberBytes;
        return String.format(
                Locale.ROOT,
                "| %s | %d bytes | %s | %,.0f |",
                name,
                numberBytes,
                reached == 1 ? "" : String.format(Locale.ROOT, "%,.0f", flops / 2 / numbers),
                reached * flops / 2 / numbers);
    }

    /** The backward pass moves as much as the forward one, but multiplies twice as much and computes the hidden activations again. */
    private static String offer(Network network) {
        double update = (3 + 0.5) / 2;
        int h = network.hidden();
        return String.format(
                Locale.ROOT,
                "| %s, h = %,d | %,d | %,d | %,.0f | %,.0f |",
                network.name(),
                h,
                h,
                h * network.perLevel(),
                h * update,
                h * update * network.perLevel());
    }

    private static String cpu(String name, long dense, Network network, int experts, int rows) {
        double touched = experts * (1 - Math.pow(1 - (double) network.perRow() / experts, rows));
        double expertBytes = touched * network.expert();
        double seconds = (dense + expertBytes) / CPU_MEMORY_MEASURED;
        double arithmetic = 2.0 * rows * (dense + (double) network.perRow() * network.expert()) / CPU_INT8_MEASURED;
        double held = (double) network.mixtures() * experts * network.expert();
        return String.format(
                Locale.ROOT,
                "| %s | %d | %s | %s MB | %s MB | %s ms%s | %,.0f | %s GB |",
                name,
                rows,
                number(touched),
                number(expertBytes / 1e6),
                number(dense / 1e6),
                number(Math.max(seconds, arithmetic) * 1e3),
                arithmetic > seconds ? " (arithmetic)" : "",
                rows / Math.max(seconds, arithmetic),
                number(held / GIGA));
    }

    private static void table(String header, List<String> rows) {
        System.out.println(header);
        System.out.println("| " + "--- | ".repeat((int) header.chars().filter(c -> c == '|').count() - 1).trim());
        rows.forEach(System.out::println);
        System.out.println();
    }

    private static String gigabytes(double bytes) {
        return number(bytes / GIGA);
    }

    /** About three digits. */
    private static String number(double value) {
        String format = value >= 99.95 ? "%,.0f" : value >= 9.995 ? "%.1f" : value >= 0.0995 ? "%.2f" : "%.3f";
        return String.format(Locale.ROOT, format, value);
    }
}
