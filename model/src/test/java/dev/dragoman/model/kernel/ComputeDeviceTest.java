package dev.dragoman.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import dev.dragoman.model.Engines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ComputeDeviceTest {
    @BeforeEach
    void prepare() {
        Engines.prepare();
    }

    @AfterEach
    void clear() {
        System.clearProperty(ComputeDevice.PROPERTY);
    }

    @Test
    void get_cpu_isTheProcessorOnAnyMachine() {
        System.setProperty(ComputeDevice.PROPERTY, "cpu");
        assertThat(ComputeDevice.get()).isEqualTo(Device.cpu());
        try (NDManager manager = ComputeDevice.newManager()) {
            assertThat(manager.create(1f).getDevice()).isEqualTo(Device.cpu());
        }
    }

    @Test
    void get_unset_isTheEnginesChoice() {
        assertThat(ComputeDevice.get()).isEqualTo(Engine.getInstance().defaultDevice());
    }

    @ParameterizedTest
    @ValueSource(strings = {"tpu", "CPU", "gpu-1", "gpu10", "cpu0", " ", "cuda", "cuda1", "cuda:", "cuda:10", "gpu:1"})
    void get_unknownName_isNamed(String name) {
        System.setProperty(ComputeDevice.PROPERTY, name);
        assertThatIllegalArgumentException()
                .isThrownBy(ComputeDevice::get)
                .withMessage("dragoman.device must be cpu, gpu, gpu0 to gpu9 or cuda:0 to cuda:9, but is " + name);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ComputeDevice.requireName("a key", name))
                .withMessage("a key must be cpu, gpu, gpu0 to gpu9 or cuda:0 to cuda:9, but is " + name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpu9", "cuda:9"})
    void of_gpuThatIsNotThere_isNamedWithItsKey(String name) {
        int gpus = Engine.getInstance().getGpuCount();
        assumeThat(gpus).isLessThan(10);
        ComputeDevice.requireName("a key", name);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ComputeDevice.of("a key", name))
                .withMessage("a key is " + name + ", but the engine sees " + gpus + " GPUs");
    }

    @Test
    void newManager_ofADevice_isOnIt() {
        Device device = ComputeDevice.of("a key", "cpu");
        try (NDManager manager = ComputeDevice.newManager(device)) {
            assertThat(manager.getDevice()).isEqualTo(Device.cpu());
        }
    }

    @Test
    void multipliesBfloat16_readsTheFlags(@TempDir Path folder) throws IOException {
        Path description = folder.resolve("cpuinfo");
        assertThat(ComputeDevice.multipliesBfloat16(description)).isFalse();
        for (String flags : List.of("fpu avx512_bf16 sse", "fpu amx_bf16", "amx_bf16 amx_tile")) {
            Files.writeString(description, "processor\t: 0\nflags\t\t: " + flags + "\nbugs\t: none\n");
            assertThat(ComputeDevice.multipliesBfloat16(description)).isTrue();
        }
        for (String flags : List.of("", "fpu avx512f avx512_vnni", "xamx_bf16", "avx512_bf16x")) {
            Files.writeString(description, "processor\t: 0\nflags\t\t: " + flags + "\nbugs\t: avx512_bf16\n");
            assertThat(ComputeDevice.multipliesBfloat16(description)).isFalse();
        }
    }

    @Test
    void expertCompute_isAlwaysTheSame() {
        assertThat(ComputeDevice.expertCompute())
                .isIn(Compute.BFLOAT16, Compute.FLOAT32)
                .isEqualTo(ComputeDevice.expertCompute());
    }

    @Test
    void get_gpuThatIsNotThere_isNamed() {
        int gpus = Engine.getInstance().getGpuCount();
        assumeThat(gpus).isLessThan(10);
        System.setProperty(ComputeDevice.PROPERTY, "gpu9");
        assertThatIllegalArgumentException()
                .isThrownBy(ComputeDevice::get)
                .withMessage("dragoman.device is gpu9, but the engine sees " + gpus + " GPUs");
    }
}
