"""The released model run by the server itself: for apps that can not, and for the visits that are assessed again."""
