// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * What is heard and felt, for whoever has turned the head from the screen: a tick a second, a high tone for a photo
 * taken, a low one for a hint. Made once by a tap, for browsers play nothing before.
 */
export function cues() {
  const audio = new AudioContext();
  /** @param {number} hertz @param {number} seconds @param {number} pause */
  const tone = (hertz, seconds, pause = 0) => {
    const [oscillator, gain] = [audio.createOscillator(), audio.createGain()];
    const at = audio.currentTime + pause;
    oscillator.frequency.value = hertz;
    gain.gain.setValueAtTime(0.12, at);
    gain.gain.exponentialRampToValueAtTime(0.001, at + seconds);
    oscillator.connect(gain).connect(audio.destination);
    oscillator.start(at);
    oscillator.stop(at + seconds);
  };
  return {
    tick: () => tone(660, 0.08),
    taken() {
      tone(880, 0.1);
      tone(1320, 0.2, 0.1);
      navigator.vibrate?.(80);
    },
    again() {
      tone(330, 0.25);
      navigator.vibrate?.([60, 60, 60]);
    },
    end: () => audio.close(),
  };
}
