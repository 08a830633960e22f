package dev.dragoman.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dragoman.model.checkpoint.StoredType;
import dev.dragoman.model.checkpoint.TensorSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class HarnessTest {
    @Test
    void csvRow_quotesWhatHasCommasOrQuotes() {
        assertThat(Report.csvRow("plain", "a,b", "say \"x\"")).isEqualTo("plain,\"a,b\",\"say \"\"x\"\"\"\n");
    }

    @Test
    void sizes_tellWhatIsWrong() {
        assertThat(Sizes.parse("256x512")).containsExactly(256, 512);
        assertThatThrownBy(() -> Sizes.parse("256*512"))
                .isInstanceOf(BenchmarkException.class)
                .hasMessageContaining("256*512");
    }

    @Test
    void shortage_namesWhatIsNeededAndWhatIsThere() {
        assertThat(Sizes.shortage(4e9, 6e9)).isNull();
        assertThat(Sizes.shortage(5e9, 6e9)).contains("5.00 GB", "6.00 GB");
    }

    @Test
    void sweep_groupsByAboutTheSquareRoot() {
        assertThat(MixtureSweep.size(1024).groups()).isZero();
        assertThat(MixtureSweep.size(1024).active()).isEqualTo(4);
        assertThat(MixtureSweep.size(4096).groups()).isEqualTo(64);
        assertThat(MixtureSweep.size(131_072).groups()).isEqualTo(512);
        assertThat(MixtureSweep.size(131_072).active()).isEqualTo(4);
    }

    @Test
    void work_ofTraining_countsProductsAndVisitedWeights() {
        // Every expert is visited: 3 passes over 8 x 2 x 16 x 32 numbers of 4 bytes; 3 times 2 x 1,000 x 4 x 1,024
        // operations.
        Ceilings.Work work = MixtureTraining.work(LayerSize.four(16, 32, 8, 0), Precision.FLOAT32, 1000);

        assertThat(work.operations()).isEqualTo(24_576_000);
        assertThat(work.bytes()).isEqualTo(98_304);
        // One row visits half of them.
        assertThat(MixtureTraining.work(LayerSize.four(16, 32, 8, 0), Precision.FLOAT32, 1)
                        .bytes())
                .isEqualTo(49_152);
    }

    @Test
    void randomTensor_hasAsManyBytesAsItSays() throws IOException {
        List<TensorSource> tensors = RandomTensor.of("w", StoredType.I8, 0.1, 3, 1000, 2000);

        assertThat(tensors).extracting(TensorSource::name).containsExactly("w", "w.scale");
        assertThat(tensors.get(1).shape()).containsExactly(3, 1000);
        for (TensorSource tensor : tensors) {
            long bytes = 0;
            for (int i = 0; i < tensor.slices(); i++) {
                bytes += tensor.slice(i).remaining();
            }
            assertThat(bytes).isEqualTo(tensor.bytes());
        }
    }

    @Test
    void memoryLimit_looksWhereTheControllerIs() {
        List<String> mounts = List.of(
                "cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0",
                "cgroup /sys/fs/cgroup/memory cgroup rw,relatime,memory 0 0",
                "cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0");
        List<String> groups = List.of("8:cpu:/a", "4:memory:/b/c", "0::/d");

        assertThat(MemoryLimit.parents(groups, mounts))
                .containsExactly(
                        Path.of("/sys/fs/cgroup/memory/b/c"),
                        Path.of("/sys/fs/cgroup/memory"),
                        Path.of("/sys/fs/cgroup/unified/d"),
                        Path.of("/sys/fs/cgroup/unified"));
    }
}
