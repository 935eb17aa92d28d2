"""Make DVB-T samples with GNU Radio's own transmitter blocks, an implementation independent of ours.

    /usr/bin/python3 benchmarks/gnuradio_dvbt.py OUT.cf32 [2k|8k] [4|8|16|32]

Needs GNU Radio 3.10 (Debian: gnuradio) and its system Python. The samples are complex float32 at the elementary clock:
64/7 MS/s for a channel of 8 MHz, and scaled with the channel (16/7 MS/s for 2 MHz).
"""

import sys

from gnuradio import blocks, digital, dtv, gr

SAMPLES, SKIPPED = 2_400_000, 1_200_000


class Transmitter(gr.top_block):
    """Random transport packets, 64-QAM, rate 2/3."""

    def __init__(self, path: str, mode: str, guard: str) -> None:
        super().__init__()
        size, payload = {"2k": (2048, 1512), "8k": (8192, 6048)}[mode]
        t_mode = {"2k": dtv.T2k, "8k": dtv.T8k}[mode]
        t_guard = {"4": dtv.GI_1_4, "8": dtv.GI_1_8, "16": dtv.GI_1_16, "32": dtv.GI_1_32}[guard]
        qam, rate, plain = dtv.MOD_64QAM, dtv.C2_3, dtv.NH
        chain = [
            blocks.vector_source_b([0x47, *((37 * k * k + 11 * k) % 256 for k in range(187))] * 64, True),
            dtv.dvbt_energy_dispersal(1),
            dtv.dvbt_reed_solomon_enc(2, 8, 0x11D, 255, 239, 8, 51, 8),
            dtv.dvbt_convolutional_interleaver(136, 12, 17),
            dtv.dvbt_inner_coder(1, payload, qam, plain, rate),
            dtv.dvbt_bit_inner_interleaver(payload, qam, plain, t_mode),
            dtv.dvbt_symbol_inner_interleaver(payload, t_mode, 1),
            dtv.dvbt_map(payload, qam, plain, t_mode, 1),
            dtv.dvbt_reference_signals(
                gr.sizeof_gr_complex, payload, size, qam, plain, rate, rate, t_guard, t_mode, 0, 0
            ),
            digital.ofdm_cyclic_prefixer(size, size + size // int(guard), 0, ""),
            blocks.skiphead(gr.sizeof_gr_complex, SKIPPED),
            blocks.head(gr.sizeof_gr_complex, SAMPLES),
            blocks.file_sink(gr.sizeof_gr_complex, path),
        ]
        self.connect(*chain)


if __name__ == "__main__":
    Transmitter(sys.argv[1], *(sys.argv[2:] + ["2k", "32"][len(sys.argv) - 2 :])).run()
