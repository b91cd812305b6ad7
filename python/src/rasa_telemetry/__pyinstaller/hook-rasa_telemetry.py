"""Puts the binary beside the package inside what PyInstaller makes. PyInstaller runs it and reads `datas`."""

from PyInstaller.utils.hooks import collect_data_files

datas = collect_data_files("rasa_telemetry", includes=["rasa-telemetry", "rasa-telemetry.exe"])
