"""Dispatches, from a plan to what became of them, in rooms. An arrow between rooms points downwards only.

actions · release · withdrawal · control  what people and beat do with a dispatch
reports                                   what became of dispatches, in numbers and words
mail · posts                              sending: one room for each kind of channel; neither knows the other
planning                                  which dispatches there are, and when each may go out
variants                                  what goes out on each channel
accounts                                  through which identity, with which credentials
transitions · wakeups · outages · models  the rows, and the guarded ways to change them
"""
