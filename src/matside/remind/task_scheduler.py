"""A reminder as a task of the Windows Task Scheduler."""

import codecs
from datetime import date, datetime
from xml.etree import ElementTree as ET

from matside.remind.schedule import Reminder

_NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_DAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
_SETTINGS = {
    "MultipleInstancesPolicy": "IgnoreNew",
    "DisallowStartIfOnBatteries": "false",
    "StopIfGoingOnBatteries": "false",
    "StartWhenAvailable": "false",
    "ExecutionTimeLimit": "PT1M",
    "Enabled": "true",
}


def task(reminder: Reminder, program: str, arguments: str, since: date) -> bytes:
    """Write the task, as the UTF-16 that `schtasks /Create /XML` wants.

    Args:
        reminder: When.
        program: What runs.
        arguments: Its command line, quoted as Windows wants it.
        since: The first day on which it may.
    """
    root = ET.Element("Task", {"version": "1.2", "xmlns": _NAMESPACE})
    about = ET.SubElement(root, "RegistrationInfo")
    ET.SubElement(about, "Description").text = f"matside reminder ({reminder.name})"
    triggers = ET.SubElement(root, "Triggers")
    for at in reminder.times:
        trigger = ET.SubElement(triggers, "CalendarTrigger")
        ET.SubElement(trigger, "StartBoundary").text = datetime.combine(since, at).isoformat()
        weekly = ET.SubElement(trigger, "ScheduleByWeek")
        days = ET.SubElement(weekly, "DaysOfWeek")
        for day in reminder.days:
            ET.SubElement(days, _DAYS[day])
        ET.SubElement(weekly, "WeeksInterval").text = "1"
    principal = ET.SubElement(ET.SubElement(root, "Principals"), "Principal", {"id": "Author"})
    ET.SubElement(principal, "LogonType").text = "InteractiveToken"
    ET.SubElement(principal, "RunLevel").text = "LeastPrivilege"
    settings = ET.SubElement(root, "Settings")
    for name, value in _SETTINGS.items():
        ET.SubElement(settings, name).text = value
    action = ET.SubElement(ET.SubElement(root, "Actions", {"Context": "Author"}), "Exec")
    ET.SubElement(action, "Command").text = program
    ET.SubElement(action, "Arguments").text = arguments
    text = f'<?xml version="1.0" encoding="UTF-16"?>\r\n{ET.tostring(root, encoding="unicode")}'
    return codecs.BOM_UTF16_LE + text.encode("utf-16-le")
